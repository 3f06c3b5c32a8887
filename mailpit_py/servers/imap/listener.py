"""An IMAP listener, and the thread that wakes its sessions when something happened."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from threading import Thread

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.conversation import Conversation
from mailpit_py.servers.imap.desk import Desk
from mailpit_py.servers.imap.session import Session
from mailpit_py.servers.imap.work import Call, ReadNews
from mailpit_py.servers.listener import Listener
from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.settings import ReadingSettings


class ImapListener:
    """Serves IMAP on TCP sockets that are already bound, in a loop thread.

    `start` and `stop` may be called from any other thread.
    """

    def __init__(
        self, loop: LoopThread, sandbox: Sandbox, settings: ReadingSettings, sockets: Sequence[socket.socket]
    ) -> None:
        desk = Desk(sandbox, settings)

        def begin(is_tls: bool) -> Session:
            return Session(settings, lambda: desk.tick, is_tls=is_tls, budget=sandbox.budget)

        def do(call: Call) -> object:
            return call(desk)

        conversation = Conversation("imap", begin, do, sandbox.inboxes.still_opens, shared=(ReadNews,))
        self._listener = Listener(loop, conversation, settings, sockets)
        sandbox.inboxes.on_loss.append(self._listener.check_tokens)
        self._journal = sandbox.store.journal
        self._watch = Thread(target=self._follow, name="imap-watch", daemon=True)

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return self._listener.connection_count

    def start(self) -> None:
        """Accept connections from now on."""
        self._listener.start()
        self._watch.start()

    def stop(self) -> None:
        """Accept no more, and cut the connected ones off."""
        self._listener.stop()
        self._journal.ring()  # nothing has changed, but the thread that waits for it sees that it is over
        self._watch.join()

    def _follow(self) -> None:
        """Wake the sessions after each commit that changed something; those that wait look what it was.

        While nobody is connected the thread sleeps through all commits: each wake costs the others time.
        """
        journal = self._journal
        tick = journal.tick
        while not self._listener.is_stopped and not journal.closed:
            self._listener.occupied.wait()
            journal.wait(tick)
            tick = journal.tick  # read before the sessions look, so that no wake is missed
            self._listener.wake()
