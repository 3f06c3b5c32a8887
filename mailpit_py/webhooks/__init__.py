"""Webhooks of mail providers: pure functions from what happened to a signed request. No socket and no clock."""

from mailpit_py.webhooks.event import Event, Kind, Sent, describe
from mailpit_py.webhooks.policy import Policy, Verdict

__all__ = ["Event", "Kind", "Policy", "Sent", "Verdict", "describe"]
