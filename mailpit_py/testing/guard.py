"""Whether a call may wait here: on the thread of a running event loop it would wait for itself."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from mailpit_py.errors import is_told
from mailpit_py.testing.failure import WouldBlock

__tracebackhide__ = is_told

Value = TypeVar("Value")


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


async def beside(work: Callable[[Callable[[], bool]], Value]) -> Value:
    """Run what waits on a thread of its own; it is told when nobody waits for it any more."""
    loop = asyncio.get_running_loop()
    over = threading.Event()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(value)
        else:
            done.set_exception(error)

    def run() -> None:
        value: Any = None
        failure: BaseException | None = None
        try:
            value = work(over.is_set)
        except BaseException as error:
            failure = error
        if not over.is_set():
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, name="mailpit-await", daemon=True).start()
    try:
        result: Value = await done
        return result
    finally:
        over.set()
