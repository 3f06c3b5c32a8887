"""Whether something may be sent to a target at all, asked when the target is set."""

from __future__ import annotations

from mailpit_py.outbound.resolver import addresses_now, check
from mailpit_py.outbound.target import Endpoint, MailServer
from mailpit_py.reach import Reach
from mailpit_py.storage import SinkKind


def check_target(reach: Reach, kind: SinkKind, target: str) -> None:
    """Raise TargetRefused for a target that is not written as one, or that `reach` does not allow now.

    A name without an address may have one when something is sent; it is checked again then.
    """
    place = Endpoint.parse(target) if kind is SinkKind.WEBHOOK else MailServer.parse(target)
    check(place.host, addresses_now(place.host, place.port), reach)
