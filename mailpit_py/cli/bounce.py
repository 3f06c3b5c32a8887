"""`mailpit-py bounce ...`: a bounce message from a file, or for a message of a running sandbox."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailpit_py.cli.remote import inbox_option, json_option, print_json, print_table, sandbox_at, url_option
from mailpit_py.simulation.dialect import DIALECTS

if TYPE_CHECKING:
    from mailpit_py.application.bouncing import Wish
    from mailpit_py.application.reporting import Result
    from mailpit_py.mail import Message

KINDS = ("failure", "delay", "expiry", "success", "complaint", "auto-reply", "challenge", "receipt")
NASTY = ("encoded-subject", "rewritten-recipient", "nested", "truncated", "base64-status")
CAUSE = ("scenario", "status", "code", "text", "provider")
Command = TypeVar("Command", bound=Callable[..., Any])


def cause_options(command: Command) -> Command:
    """Give a command what a bounce can be asked for."""
    for option in reversed(
        [
            click.option("--scenario", default="", help="The cause, as in mailbox_full; `catalogue` lists them."),
            click.option("--status", default="", help="An enhanced code instead, as in 5.1.1."),
            click.option("--code", type=int, default=0, help="A reply code instead, with --text."),
            click.option("--text", default="", help="The reply's text."),
            click.option("--provider", default="", help="In whose words the server refused; else as --dialect."),
            click.option("--dialect", type=click.Choice(DIALECTS), help="In whose form the report is."),
            click.option(
                "--kind", type=click.Choice(KINDS), default="failure", show_default=True, help="Which report."
            ),
            click.option("--recipient", "recipients", multiple=True, metavar="ADDRESS", help="Only for this one."),
            click.option("--nasty", type=click.Choice(NASTY), multiple=True, help="Spoil the report on its way."),
            click.option("--redact", is_flag=True, help="Hide who complains."),
        ]
    ):
        command = option(command)
    return command


@click.group("bounce")
def command() -> None:
    """Let mail bounce: written from a file to standard output, or into the inbox of a running sandbox.

    \b
    mailpit-py bounce render --scenario mailbox_full --dialect m365 original.eml > ndr.eml
    mailpit-py bounce send ID --scenario mailbox_full --dialect m365
    """


@command.command("render")
@click.argument("original", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--reverse-path", default="", help="Where the report goes; Return-Path or From of the file without it.")
@click.option("--at", type=int, metavar="SECONDS", help="Since 1970; now without it. The same gives the same bytes.")
@click.option("--seed", type=int, default=1, show_default=True, help="The seed of ids and boundaries.")
@cause_options
def render(original: Path, reverse_path: str, at: int | None, seed: int, **given: Any) -> None:
    """Write the report about ORIGINAL (- for standard input) to standard output. No sandbox needs to run.

    Where recipients do not share a report, the first one is written.
    """
    raw = sys.stdin.buffer.read() if str(original) == "-" else original.read_bytes()
    result = _rendered(raw, reverse_path, (int(time.time()) if at is None else at) * 1_000_000, seed, given)
    if not result.made:
        raise click.ClickException(result.reason or "nothing would be made")
    sys.stdout.flush()
    sys.stdout.buffer.write(result.made[0].raw)
    sys.stdout.buffer.flush()


@command.command("send")
@click.argument("message_id")
@click.option("--delay", default="", metavar="DURATION", help="In sandbox time, as in 5s or 4h.")
@click.option("--ignore-notify", is_flag=True, help="Also where NOTIFY says no.")
@inbox_option
@url_option
@json_option
@cause_options
def send(message_id: str, delay: str, ignore_notify: bool, url: str, as_json: bool, **given: Any) -> None:
    """Let the message with the id MESSAGE_ID bounce; its report is in the inbox, if it is due at once."""
    body = {name: given[name] for name in (*CAUSE, "kind", "redact") if given[name]}
    body |= {"recipients": list(given["recipients"]), "nasty": list(given["nasty"]), "ignore_notify": ignore_notify}
    if given["dialect"]:
        body["dialect"] = given["dialect"]
    if delay:
        body["delay"] = _seconds(delay)
    with sandbox_at(url, given["inbox"]) as client:
        done = client.post(f"messages/{message_id}/bounce", body)
    if as_json:
        print_json(done)
    else:
        print_table([_row(one) for one in done["steps"]])


def _row(step: dict[str, Any]) -> tuple[str, ...]:
    return step["due_at"], step["kind"], step["state"], " ".join(step["reports"]) or step["reason"]


def _seconds(text: str) -> float:
    from mailpit_py.simulation.token import Kind, read

    token = read(text)
    if token is None or token.kind is not Kind.DURATION:
        raise click.UsageError(f"--delay: write 90s, 4h or 5d, not {text!r}")
    return token.number


def _rendered(raw: bytes, reverse_path: str, at: int, seed: int, given: dict[str, Any]) -> Result:
    """Return what the report about an original would be."""
    from mailpit_py.application import bouncing
    from mailpit_py.application.reporting import Circumstances
    from mailpit_py.errors import BounceError
    from mailpit_py.mail import read as read_mail
    from mailpit_py.mail.envelope import Envelope, Recipient, Session
    from mailpit_py.storage import StepOriginal

    message = read_mail(raw)
    addresses = given["recipients"] or _addressees(message)
    sender = reverse_path or _sender(message)
    envelope = Envelope(sender, tuple(map(Recipient, addresses)))
    try:
        steps = bouncing.plan(_wish(given), envelope, Session("", 0), arrived_at=at, now=at)
    except BounceError as error:
        raise click.ClickException(str(error)) from None
    original = StepOriginal("", envelope, raw, None, message.message_id, message.subject, at)
    return bouncing.preview(steps, original, Circumstances(seed=seed))[0]


def _wish(given: dict[str, Any]) -> Wish:
    from mailpit_py.application.bouncing import Wish
    from mailpit_py.simulation.mapping import load_refusal
    from mailpit_py.simulation.outcome import Report
    from mailpit_py.simulation.problem import RuleError

    cause = {name: given[name] for name in CAUSE if given[name]}
    try:
        refusal = load_refusal(cause, "cause") if cause else None
    except RuleError as error:
        raise click.ClickException(str(error)) from None
    wish = Wish.of(Report(given["kind"]), refusal, dialect=given["dialect"] or "")
    return replace(wish, nasty=given["nasty"], redact=given["redact"])


def _addressees(message: Message) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one.address for one in (*message.to, *message.cc) if one.address))
    if not found:
        raise click.UsageError("the file names nobody in To or Cc; say --recipient ADDRESS")
    return found


def _sender(message: Message) -> str:
    from mailpit_py.mail.header import text_of

    path = message.field("Return-Path")
    if path is not None:
        return text_of(path.raw).strip().strip("<>")
    if not message.from_:
        raise click.UsageError("the file has neither Return-Path nor From; say --reverse-path ADDRESS")
    return message.from_[0].address
