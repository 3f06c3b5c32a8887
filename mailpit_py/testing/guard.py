"""Whether a call may wait here: on the thread of a running event loop it would wait for itself."""

from __future__ import annotations

import asyncio
import sys

from mailpit_py.testing.failure import WouldBlock


def check(instead: str) -> None:
    """Raise WouldBlock, naming the call to await `instead`, on the thread of a running event loop.

    Playwright's synchronous API keeps a loop on the test's thread that runs in a greenlet of its own
    and may wait: there no task is current.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    if "greenlet" in sys.modules and asyncio.current_task() is None:
        return
    raise WouldBlock(f"this waits, and the event loop of this thread would stand still: await {instead} instead")
