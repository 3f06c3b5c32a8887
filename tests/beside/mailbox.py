"""Five messages in one of the two programs, spoken of by number, and what a request makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.beside.programs import Answer, Server


@dataclass(frozen=True)
class Mailbox:
    """A server with nothing but these messages; in what is sent and what comes back, ID0 is the first one's id."""

    server: Server
    ids: tuple[str, ...]

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[Any, ...]:
        """The answer's status, type and text, and then what there is."""
        answer = self.send(method, path, body, **headers)
        return answer.status, answer.headers.get("content-type"), self._told(answer.text), *self.state()

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        for number, one in enumerate(self.ids):
            path = path.replace(f"ID{number}", one)
            body = body and body.replace(b"ID%d" % number, one.encode())
        return self.server.ask(method, path, body, **headers)

    def state(self) -> tuple[Any, ...]:
        """Each message with its read state and tags, the newest first, and the mailbox's numbers and tags."""
        found = self.server.get("/api/v1/messages").json
        rows = [(self._told(one["ID"]), one["Read"], one["Tags"]) for one in found["messages"]]
        return rows, found["total"], found["unread"], found["tags"]

    def _told(self, text: str) -> str:
        for number, one in enumerate(self.ids):
            text = text.replace(one, f"ID{number}")
        return text


def letter(subject: str, text: str = "Hi", **fields: str) -> bytes:
    """A small message; `_` in the name of a field stands for a hyphen."""
    given = {"From": "Ann <ann@example.org>", "To": "bob@example.com", "Subject": subject, **fields}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def five(server: Server) -> Mailbox:
    """A mailbox with five messages: the even ones have a tag, the last two are read."""
    server.empty()
    tags: list[dict[str, str]] = [{"X_Tags": "Even"}, {}]
    ids = tuple(server.send(letter(f"number {one}", **tags[one % 2])) for one in range(5))
    assert server.ask("PUT", "/api/v1/messages", {"Read": True, "IDs": ids[3:]}).status == 200
    return Mailbox(server, ids)
