"""One running sandbox: the whole program put together, in one process and with nothing global."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from mailpit_py import __version__
from mailpit_py.application.retention import Retention
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.sinkbook import SinkBook
from mailpit_py.assembly import announcement, reading, wiring
from mailpit_py.assembly.certificate import Certificates
from mailpit_py.assembly.departure import Departure
from mailpit_py.assembly.takeover import open_store
from mailpit_py.assembly.way_out import WayOut
from mailpit_py.bind import Bind
from mailpit_py.config import Config
from mailpit_py.servers.http import HttpServer
from mailpit_py.servers.loop import LoopThread, bind
from mailpit_py.servers.smtp.listener import SmtpListener

LISTENERS = ("smtp", "smtps", "lmtp")
METRICS = "metrics_place"
HTTP_BACKLOG = 128
Sockets = dict[str, list[socket.socket]]


class Node:
    """A sandbox with its servers. Use it as a context manager, or call `start` and `stop`.

    All ports are bound before anything else happens, so a port that is taken is known at once.
    Raises ConfigError for options that cannot be used here, StorageError for a database that cannot.
    """

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self._stack = contextlib.ExitStack()
        self._binds: dict[str, Bind] = {}
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
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()

    def _start(self, stack: contextlib.ExitStack) -> None:
        sockets = self._bind(stack)
        tls = Certificates(self.config)
        self._open_store(stack)
        self.sandbox = self._build()
        self.sandbox.scheduler.start()
        departure = Departure(self.sandbox, self.config)
        departure.start()
        stack.callback(departure.stop)
        stack.callback(self.sandbox.scheduler.stop)
        self._start_relay(stack)
        self._start_announcer(stack)
        loop = stack.enter_context(LoopThread(use_uvloop=True))
        self._start_mail(stack, loop, tls, sockets)
        self._start_pages(stack, tls, sockets)
        retention = Retention(self.store, inboxes=self.sandbox.inboxes)
        retention.start()
        stack.callback(retention.stop)
        stack.callback(self.store.journal.close)  # the first thing to stop, so that every follower ends
        self.http.wait_ready()
        self._way_out.greet_filter()
        self._notes += tls.notes()

    def _start_pages(self, stack: contextlib.ExitStack, tls: Certificates, sockets: Sockets) -> None:
        """Serve the page, and the numbers where they have an address of their own."""
        self.http = HttpServer(sockets["listen"], self._application, tls=tls.of_page())
        stack.callback(self.http.stop)
        self.http.start()
        if METRICS in sockets:
            metrics = HttpServer(sockets[METRICS], self._metrics)
            stack.callback(metrics.stop)
            metrics.start()

    def _open_store(self, stack: contextlib.ExitStack) -> None:
        opened = open_store(self.config.database_path, wiring.store_options(self.config), self.config.tenant_id)
        self.store = stack.enter_context(opened.store)
        self._notes = [opened.note] if opened.note else []

    def _start_relay(self, stack: contextlib.ExitStack) -> None:
        """Let mail go on, if a server is set to which it may."""
        queue = wiring.relay_queue(self.config, self.store, self.sandbox.clock)
        self.sandbox.relay = queue
        queue.begin()
        if queue.relay is None and queue.forward is None:
            return
        from mailpit_py.outbound.relay import Relay  # few sandboxes let mail go on

        relay = Relay(self.sandbox, queue)
        self.sandbox.gate = relay.gate()
        relay.start()
        stack.callback(relay.stop)

    def _start_announcer(self, stack: contextlib.ExitStack) -> None:
        """Tell a webhook of every message, if there is one."""
        settings = wiring.announcer_settings(self.config, self.store)
        if settings is None:
            return
        from mailpit_py.outbound.announcer import Announcer  # it loads what speaks HTTP

        announcer = Announcer(self.sandbox, settings)
        announcer.start()
        stack.callback(announcer.stop)

    def _start_mail(self, stack: contextlib.ExitStack, loop: LoopThread, tls: Certificates, sockets: Sockets) -> None:
        for name in sockets:
            inbox = announcement.inbox_of(name)
            if name in LISTENERS or inbox is not None:
                option = "smtp" if inbox is not None else name
                settings = wiring.smtp_settings(self.config, option, tls, self.sandbox.inboxes, inbox=inbox or "")
                listener = SmtpListener(loop, self.sandbox, settings, sockets[name])
                listener.start()
                stack.callback(listener.stop)
        for one in self.config.readings:
            if one.name in sockets:
                told = reading.settings_of(self.config, one, tls.of_reading(one.name))
                server = reading.server(one, told, loop, self.sandbox, sockets[one.name])
                server.start()
                stack.callback(server.stop)

    def _build(self) -> Sandbox:
        """Put the application together on the store that is open."""
        config, clock = self.config, wiring.sandbox_clock(self.config, self.store)
        simulator = wiring.simulator(config, self.store, clock)
        check = wiring.check_of(config)
        sinks = SinkBook(self.store, clock, check, config.webhook_secret, self._url_for_apps())
        wiring.keep_sinks(config, sinks)
        tagger = wiring.tagger(config)
        return Sandbox(
            self.store,
            clock,
            simulator,
            hostname=config.smtp_hostname,
            complaints_to=config.fbl_address,
            tagger=tagger,
            sinks=sinks,
            message_dates=config.use_message_dates,
        )

    def stop(self) -> None:
        """Stop in the opposite order; messages that are being kept are still answered. May be called twice."""
        self._stack.close()

    def _bind(self, stack: contextlib.ExitStack) -> Sockets:
        """Bind every listener, and learn the ports that the system chose."""
        sockets: Sockets = {}
        readings = [one.name for one in self.config.readings]
        named = [(name, self.config.bind(name)) for name in ("listen", *LISTENERS, *readings, METRICS)]
        named += [(f"{announcement.OF_INBOX}{inbox}", place) for inbox, place in self.config.inbox_places.items()]
        for name, place in named:
            if place is None:
                continue
            sockets[name] = bind(place)
            for one in sockets[name]:
                stack.callback(one.close)
            if place.path is None:
                place = replace(place, port=sockets[name][0].getsockname()[1])
            self._binds[name] = place
        for one in (*sockets["listen"], *sockets.get(METRICS, ())):
            one.listen(HTTP_BACKLOG)
        return sockets

    def _application(self) -> Any:
        from mailpit_py.api import create_app  # costs more than everything else; loaded behind the backlog

        return create_app(self.sandbox, self.config, ports=self.ports, outside=self._way_out.outside())

    def _metrics(self) -> Any:
        from mailpit_py.api.mailpit.metrics import alone

        return alone(self.sandbox)

    @property
    def ports(self) -> Mapping[str, int]:
        """The TCP port of each listener: by the name of its option (`listen`, `smtp`, ...), or `smtp for <inbox>`."""
        return {name: place.port for name, place in self._binds.items() if place.path is None}

    @property
    def smtp_port(self) -> int:
        """The port of plain SMTP."""
        return self.ports["smtp"]

    @property
    def url(self) -> str:
        """The page's address as this machine reaches it, with the webroot."""
        return wiring.page_url(self.config, self._binds["listen"])

    def _url_for_apps(self) -> str:
        """The page's address as an app reaches it, with a slash at its end."""
        return f"{self.config.public_url.rstrip('/')}/" if self.config.public_url else self.url

    def announcements(self) -> list[str]:
        """What a person wants to read after the start, a line each; the page's address comes last."""
        lines = [f"mailpit-py {__version__}{f' ({self.config.label})' if self.config.label else ''}"]
        sending = (name for name in self._binds if name in LISTENERS or announcement.inbox_of(name) is not None)
        lines += [announcement.describe(self.config, name, self._binds[name]) for name in sending]
        readings = (one for one in self.config.readings if one.name in self._binds)
        lines += [reading.describe(self.config, one, self._binds[one.name]) for one in readings]
        if METRICS in self._binds:
            lines.append(f"[prometheus] numbers at http://{self._binds[METRICS]}/metrics")
        lines += self._notes
        lines.append(announcement.describe_database(self.store))
        lines.append(self.sandbox.simulator.announcement())
        lines += announcement.describe_inboxes(self.config)
        lines += announcement.describe_relay(self.sandbox.relay)
        lines += announcement.describe_outside(self.config)
        lines += announcement.reachability(self.config, self._binds)
        lines.append(f"[http] accessible via {self.url}")
        return lines
