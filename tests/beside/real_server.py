"""The server to which mail goes on: it writes down what each client says, octet by octet, and answers as it is told."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Letter:
    """One session: the commands in their order, the octets of the message, and whether TLS was spoken."""

    commands: list[str] = field(default_factory=list)
    raw: bytes | None = None
    is_encrypted: bool = False

    @property
    def envelope(self) -> list[str]:
        """The addresses of MAIL and RCPT, without parameters."""
        lines = (one for one in self.commands if one.upper().startswith(("MAIL FROM:", "RCPT TO:")))
        return [one.partition(":")[2].strip().partition(">")[0].removeprefix("<") for one in lines]

    @property
    def lines(self) -> list[bytes]:
        """The lines of the message, without those that a server adds on the way."""
        return (self.raw or b"").split(b"\r\n")


@dataclass
class RealServer:
    """`replies` are the answers to lines that begin so; others are taken.

    The content of a message is answered when `may_answer` is set, as it is from the start.
    """

    port: int = 0
    tls: ssl.SSLContext | None = None
    is_tls_from_start: bool = False
    extensions: tuple[str, ...] = ("8BITMIME", "AUTH PLAIN LOGIN CRAM-MD5")
    replies: dict[str, str] = field(default_factory=dict)
    may_answer: threading.Event = field(default_factory=threading.Event)
    content_came: threading.Event = field(default_factory=threading.Event)
    sessions: int = 0
    letters: list[Letter] = field(default_factory=list)
    ended: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> list[Letter]:
        """The sessions, once so many have ended."""
        with self.ended:
            assert self.ended.wait_for(lambda: len(self.letters) >= count, 30), f"{len(self.letters)} came"
            return list(self.letters)

    def taken(self) -> list[Letter]:
        """Take out what has come, once all sessions that were begun have ended."""
        with self.ended:
            assert self.ended.wait_for(lambda: not self.sessions, 30), "a session does not end"
            found, self.letters = self.letters, []
        return found


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.real: RealServer = self.server.real
        self.letter = Letter(is_encrypted=self.real.is_tls_from_start)
        with self.real.ended:
            self.real.sessions += 1
        try:
            if self.real.is_tls_from_start:
                self.encrypt()
            self.say("220 real.example ESMTP")
            while (line := self.rfile.readline()) and self.answer(line.rstrip(b"\r\n").decode("utf-8", "replace")):
                pass
        except OSError:
            pass  # a client that leaves, or does not trust the certificate
        finally:
            if self.letter.is_encrypted:
                self.connection.close()
            with self.real.ended:
                self.real.letters.append(self.letter)
                self.real.sessions -= 1
                self.real.ended.notify_all()

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def encrypt(self) -> None:
        assert self.real.tls is not None
        self.connection = self.real.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.letter.is_encrypted = True

    def answer(self, line: str) -> bool:
        """Answer one line; False at the end of the session."""
        self.letter.commands.append(line)
        told = next((reply for start, reply in self.real.replies.items() if line.upper().startswith(start.upper())), "")
        verb = line.partition(" ")[0].upper()
        if told:
            self.say(told)
        elif verb == "EHLO":
            self.say(
                "\r\n".join(["250-real.example", *[f"250-{one}" for one in self.offered()], "250 ENHANCEDSTATUSCODES"])
            )
        elif verb == "STARTTLS":
            self.say("220 go on")
            self.encrypt()
        elif verb == "AUTH":
            self.log_in(line)
        elif verb == "DATA":
            self.take()
        else:
            self.say("221 bye" if verb == "QUIT" else "250 2.0.0 fine")
        return verb != "QUIT"

    def offered(self) -> list[str]:
        may_encrypt = self.real.tls and not self.letter.is_encrypted
        return [*self.real.extensions, *(["STARTTLS"] if may_encrypt else [])]

    def log_in(self, line: str) -> None:
        asked = {"LOGIN": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"], "CRAM-MD5": ["334 PDEuMkByZWFsLmV4YW1wbGU+"]}
        words = line.split()
        for one in asked.get(words[1].upper(), [])[len(words) - 2 :]:
            self.say(one)
            self.letter.commands.append(self.rfile.readline().decode().rstrip())
        self.say(self.real.replies.get("login", "235 2.7.0 welcome"))

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.letter.raw = b"".join(lines)
        self.real.content_came.set()
        self.real.may_answer.wait(30)
        self.say(self.real.replies.get("content", "250 2.0.0 taken"))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    real: RealServer


@contextlib.contextmanager
def real_server(**told: Any) -> Iterator[RealServer]:
    """A server on a free port."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.real = RealServer(port=server.server_address[1], **told)
        server.real.may_answer.set()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.real
        finally:
            server.shutdown()
            thread.join()
