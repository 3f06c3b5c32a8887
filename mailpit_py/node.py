"""One running sandbox: the whole program put together, in one process and with nothing global."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from mailpit_py.application.retention import Retention
from mailpit_py.assembly import reading, wiring
from mailpit_py.assembly.announcement import start_lines
from mailpit_py.assembly.binding import METRICS, PAGE, Bound, bind_all, inbox_of
from mailpit_py.assembly.certificate import Certificates
from mailpit_py.assembly.departure import Departure
from mailpit_py.assembly.part import Part
from mailpit_py.assembly.takeover import open_store
from mailpit_py.assembly.way_out import WayOut
from mailpit_py.config import Config
from mailpit_py.servers.http import HttpServer
from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.smtp.listener import SmtpListener


class Node:
    """A sandbox with its servers. Use it as a context manager, or call `start` and `stop`.

    All ports are bound before anything else happens, so a port that is taken is known at once.
    Raises ConfigError for options that cannot be used here, StorageError for a database that cannot.
    """

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self._stack = ExitStack()
        self._bound = Bound({}, {})
        self._notes: list[str] = []
        self._way_out = WayOut(self.config)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything; returns when mail and requests are answered."""
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()

    def _start(self, stack: ExitStack) -> None:
        self._bound = bind_all(self.config, stack)
        tls = Certificates(self.config)
        self._open_store(stack)
        self.sandbox = wiring.sandbox(self.config, self.store, wiring.url_for_apps(self.config, self.url))
        self.sandbox.scheduler.start()
        _run(stack, Departure(self.sandbox, self.config))
        stack.callback(self.sandbox.scheduler.stop)
        self._start_relay(stack)
        self._start_announcer(stack)
        loop = stack.enter_context(LoopThread(use_uvloop=True))
        self._start_mail(stack, loop, tls)
        self._start_readings(stack, loop, tls)
        self._start_pages(stack, tls)
        _run(stack, Retention(self.store, inboxes=self.sandbox.inboxes))
        stack.callback(self.store.journal.close)  # the first thing to stop, so that every follower ends
        self.http.wait_ready()
        self._way_out.greet_filter()
        self._notes += tls.notes()

    def _start_pages(self, stack: ExitStack, tls: Certificates) -> None:
        """Serve the page, and the numbers where they have an address of their own."""
        sockets = self._bound.sockets
        self.http = HttpServer(sockets[PAGE], self._application, tls=tls.of_page())
        _run(stack, self.http)
        if METRICS in sockets:
            _run(stack, HttpServer(sockets[METRICS], self._metrics))

    def _open_store(self, stack: ExitStack) -> None:
        opened = open_store(self.config.database_path, wiring.store_options(self.config), self.config.tenant_id)
        self.store = stack.enter_context(opened.store)
        self._notes = [opened.note] if opened.note else []

    def _start_relay(self, stack: ExitStack) -> None:
        """Let mail go on, if a server is set to which it may."""
        queue = wiring.relay_queue(self.config, self.store, self.sandbox.clock)
        self.sandbox.relay = queue
        queue.begin()
        if queue.relay is None and queue.forward is None:
            return
        from mailpit_py.outbound.relay import Relay  # few sandboxes let mail go on

        relay = Relay(self.sandbox, queue, wiring.hostname(self.config))
        self.sandbox.gate = relay.gate()
        _run(stack, relay)

    def _start_announcer(self, stack: ExitStack) -> None:
        """Tell a webhook of every message, if there is one."""
        settings = wiring.announcer_settings(self.config, self.store)
        if settings is None:
            return
        from mailpit_py.outbound.announcer import Announcer  # it loads what speaks HTTP

        _run(stack, Announcer(self.sandbox, settings))

    def _start_mail(self, stack: ExitStack, loop: LoopThread, tls: Certificates) -> None:
        """Take mail, by SMTP and LMTP."""
        for name in self._bound.smtp:
            inbox = inbox_of(name)
            option = name if inbox is None else "smtp"
            settings = wiring.smtp_settings(self.config, option, tls, self.sandbox.inboxes, inbox=inbox or "")
            _run(stack, SmtpListener(loop, self.sandbox, settings, self._bound.sockets[name]))

    def _start_readings(self, stack: ExitStack, loop: LoopThread, tls: Certificates) -> None:
        """Let mail be read, by POP3 and IMAP."""
        for one in self.config.readings:
            if one.name in self._bound.sockets:
                told = reading.settings_of(self.config, one, tls.of_reading(one.name))
                _run(stack, reading.server(one, told, loop, self.sandbox, self._bound.sockets[one.name]))

    def stop(self) -> None:
        """Stop in the opposite order; messages that are being kept are still answered. May be called twice."""
        self._stack.close()

    def _application(self) -> Any:
        from mailpit_py.api import create_app  # costs more than everything else; loaded behind the backlog

        return create_app(self.sandbox, self.config, ports=self.ports, outside=self._way_out.outside())

    def _metrics(self) -> Any:
        self.http.ready.wait()  # two threads that load the application at once find it half loaded
        from mailpit_py.api.mailpit.metrics import alone

        return alone(self.sandbox)

    @property
    def ports(self) -> Mapping[str, int]:
        """The TCP port of each listener: by the name of its option (`listen`, `smtp`, ...), or `smtp for <inbox>`."""
        return self._bound.ports

    @property
    def smtp_port(self) -> int:
        """The port of plain SMTP."""
        return self.ports["smtp"]

    @property
    def url(self) -> str:
        """The page's address as this machine reaches it, with the webroot."""
        return wiring.page_url(self.config, self._bound.places[PAGE])

    def announcements(self) -> list[str]:
        """What a person wants to read after the start, a line each; the page's address comes last."""
        return start_lines(self.config, self.sandbox, self._bound, notes=self._notes, url=self.url)


def _run(stack: ExitStack, part: Part) -> None:
    part.start()
    stack.callback(part.stop)
