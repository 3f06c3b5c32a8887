"""Futures that follow from other futures."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

Value = TypeVar("Value")


def hand_on(done: Future[Value], promise: Future[Value]) -> None:
    """Settle a promise as a future that is done was settled."""
    error = done.exception()
    if error is None:
        promise.set_result(done.result())
    else:
        promise.set_exception(error)


def value_after(other: Future[Any], value: Value) -> Future[Value]:
    """The future of a value that holds once another future has its result; it raises what that one raises."""
    promise: Future[Value] = Future()

    def settle(done: Future[Any]) -> None:
        error = done.exception()
        if error is None:
            promise.set_result(value)
        else:
            promise.set_exception(error)

    other.add_done_callback(settle)
    return promise


def first_of(futures: Sequence[Future[Value]]) -> Future[Value]:
    """The future of the first one's result, once all are done; it raises what any of them raises."""
    promise: Future[Value] = Future()
    left = iter(range(len(futures) - 1, -1, -1))

    def settle(_: Future[Any]) -> None:
        if not next(left):  # of two that are done at once, one is the last
            hand_on(next((one for one in futures if one.exception() is not None), futures[0]), promise)

    for one in futures:
        one.add_done_callback(settle)
    return promise
