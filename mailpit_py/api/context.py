"""What the views of one application share, and how they get at it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import current_app

from mailpit_py.api.checking import Adviser
from mailpit_py.api.feed import Feed
from mailpit_py.api.library import Library
from mailpit_py.api.memo import Memo
from mailpit_py.api.signature import Signer
from mailpit_py.api.thumbnail import Painter
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config

MAX_WAITERS = 200


@dataclass(frozen=True, slots=True)
class Context:
    """One application's sandbox and settings, and what is kept between its requests."""

    sandbox: Sandbox
    config: Config
    library: Library
    feed: Feed
    signer: Signer
    memo: Memo
    live: Feed  # of Mailpit's websocket
    adviser: Adviser
    waiters: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_WAITERS))  # each holds a thread
    counting: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "mailpit-count"))
    painter: Painter = field(default_factory=Painter)
    ports: Mapping[str, int] = field(default_factory=dict)  # what the system chose for port 0


def here() -> Context:
    """The context of the application that answers the current request."""
    context: Context = current_app.extensions["mailpit"]
    return context
