"""The test suite's mail server: a sandbox in the test's own process or elsewhere, and waits that never sleep.

Nothing is imported before it is used: pytest loads the plugin of this package at every start.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailpit_py.testing.assertion import CheckFailed
    from mailpit_py.testing.failure import MailNotReceived, Unsupported, WouldBlock
    from mailpit_py.testing.local import Mailpit
    from mailpit_py.testing.message import Message
    from mailpit_py.testing.remote import Remote
    from mailpit_py.testing.view import View

__all__ = ["CheckFailed", "MailNotReceived", "Mailpit", "Message", "Remote", "Unsupported", "View", "WouldBlock"]

_ROOMS = {
    "CheckFailed": "assertion",
    "MailNotReceived": "failure",
    "Mailpit": "local",
    "Message": "message",
    "Remote": "remote",
    "Unsupported": "failure",
    "View": "view",
    "WouldBlock": "failure",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
