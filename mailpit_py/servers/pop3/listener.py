"""A POP3 listener."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailpit_py.servers.conversation import Conversation
from mailpit_py.servers.listener import Listener
from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.pop3.clerk import Clerk
from mailpit_py.servers.pop3.session import Session
from mailpit_py.servers.settings import ReadingSettings

if TYPE_CHECKING:
    from mailpit_py.application.sandbox import Sandbox


def pop3_listener(
    loop: LoopThread, sandbox: Sandbox, settings: ReadingSettings, sockets: Sequence[socket.socket]
) -> Listener:
    """Return what serves POP3 on TCP sockets that are already bound, in a loop thread."""

    def begin(is_tls: bool) -> Session:
        return Session(settings, is_tls=is_tls)

    clerk, inboxes = Clerk(sandbox, settings), sandbox.inboxes
    listener = Listener(loop, Conversation("pop3", begin, clerk.do, inboxes.still_opens), settings, sockets)
    inboxes.on_loss.append(listener.check_tokens)
    return listener
