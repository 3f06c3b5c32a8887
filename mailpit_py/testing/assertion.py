"""Assertions about a message; each failure says what to change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mailpit_py.checks import inspection, unsubscribe, web
from mailpit_py.checks.finding import Finding, Severity
from mailpit_py.checks.wanted import Text, contains, same_address, shown
from mailpit_py.errors import MailpitError, is_told

__tracebackhide__ = is_told

if TYPE_CHECKING:
    from mailpit_py.testing.message import Message


class CheckFailed(MailpitError, AssertionError):
    """A message is not as it should be; the text says what is wrong and what to change."""


class Check:
    """Assertions about one message. Each raises CheckFailed, an AssertionError, and gives nothing."""

    def __init__(self, message: Message) -> None:
        self._message = message

    # who gets it

    def delivered_to(self, *addresses: str) -> None:
        """Each of these is a recipient of the envelope."""
        missing = [one for one in addresses if not self._is_recipient(one)]
        self._demand(not missing, f"it did not go to {', '.join(missing)}: {self._recipients()}")

    def not_delivered_to(self, *addresses: str) -> None:
        """None of these is a recipient of the envelope, blind copies included."""
        there = [one for one in addresses if self._is_recipient(one)]
        self._demand(not there, f"it went to {', '.join(there)}: {self._recipients()}")

    def _is_recipient(self, address: str) -> bool:
        return any(same_address(address, one) for one in self._message.recipients)

    def _recipients(self) -> str:
        return f"the recipients are {', '.join(self._message.recipients) or 'nobody'}"

    # what became of it

    def deferred(self, times: int | None = None) -> None:
        """It was refused for now before it was accepted: so many times, or at all."""
        refused = [one for one in self._tries() if 400 <= one["reply"]["code"] < 500]
        is_so = bool(refused) if times is None else len(refused) == times
        self._demand(is_so, f"it was deferred {len(refused)} times: {self._timeline()}")

    def retried(self, times: int | None = None) -> None:
        """It was tried again: so many times after the first, or at all."""
        again = len(self._tries()) - 1
        self._demand(
            again > 0 if times is None else again == times, f"it was tried again {again} times: {self._timeline()}"
        )

    def bounced(self, status: str = "") -> None:
        """A report that it failed has been made; `status` is an enhanced code, as in 5.2.2, that it tells."""
        steps = self._message.source.api().get(f"messages/{self._message.id}/plan")["items"]
        failures = [one for one in steps if one["kind"] == "failure" and one["state"] == "done"]
        told = [each["status"] for one in failures for each in one["recipients"]]
        is_so = bool(failures) and (not status or status in told)
        states = ", ".join(f"{one['kind']} is {one['state']}" for one in steps)
        self._demand(
            is_so, f"no bounce{f' with {status}' if status else ''}: {', '.join(told) or states or 'nothing follows'}"
        )

    def _tries(self) -> list[dict[str, Any]]:
        return self._message.timeline

    def _timeline(self) -> str:
        return ", ".join(f"{one['reply']['code']} at {one['stage'] or 'CONTENT'}" for one in self._tries())

    # what it is

    def header(self, name: str, wanted: Text | None = None) -> None:
        """There is such a field, with this text in it."""
        values = self._message.headers.all(name)
        is_so = bool(values) if wanted is None else any(contains(wanted, value) for value in values)
        what = name if wanted is None else f"{name} with {shown(wanted)}"
        self._demand(is_so, f"there is no {what}: {values or list(self._message.headers)}")

    def no_header(self, name: str) -> None:
        """There is no such field."""
        values = self._message.headers.all(name)
        self._demand(not values, f"there is a {name}: {values}")

    def attachment(self, name: str, *, content_type: str = "", content: bytes | None = None) -> None:
        """There is a file of this name, of this type, with this content."""
        names = list(self._message.attachments)
        self._demand(name in names, f"there is no file {name}: {names}")
        found = self._message.attachments[name]
        if content_type:
            self._demand(found.content_type == content_type, f"{name} is {found.content_type}, not {content_type}")
        if content is not None:
            same = found.content == content
            self._demand(same, f"{name} has other content: {len(found.content)} bytes, not {len(content)}")

    def valid(self) -> None:
        """It is as the RFCs ask; what readers put up with silently does not count."""
        self._demand_none(inspection.form(self._message.letter.message))

    def text_and_html(self) -> None:
        """It has both a plain text and an HTML part."""
        self._demand_none(inspection.parts(self._message.letter.message), Severity.NOTE)

    def size(self) -> None:
        """Gmail shows all of it."""
        self._demand_none(inspection.size(self._message.letter.message))

    def links(self) -> None:
        """Each link leads somewhere that its readers can reach. Nothing is asked for over the network."""
        self._demand_none(web.links(self._message.letter.message))

    def no_mixed_content(self) -> None:
        """Nothing is loaded without TLS."""
        self._demand_none(web.mixed_content(self._message.letter.message))

    def list_unsubscribe(self) -> None:
        """A reader can leave with one click."""
        self._demand_none(unsubscribe.check_bulk(self._message.letter.message))

    def all(self, *, ignore: Iterable[str] = ()) -> None:
        """No check of `mailpit-py check` has anything to say, codes to `ignore` apart."""
        ignored = set(ignore)
        found = inspection.inspect(self._message.letter.message)
        self._demand_none(one for one in found if one.code not in ignored)

    def _demand_none(self, findings: Iterable[Finding], least: Severity = Severity.WARNING) -> None:
        told = [f"{one} ({one.code})" for one in findings if one.severity >= least]
        self._demand(not told, "".join(f"\n  {one}" for one in told))

    def _demand(self, is_so: bool, text: str) -> None:
        if not is_so:
            raise CheckFailed(f"{self._message.subject!r}: {text}")
