"""The commands before the content, and lines of a transcript as text."""

from __future__ import annotations

from tests.servers.smtp.serving import RawClient

BEGIN = b"HELO me\r\nMAIL FROM:<ann@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n"


def begin(client: RawClient) -> None:
    client.send(BEGIN)
    assert [client.line()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]


def texts(lines) -> list[str]:
    return [f"{line.side}: {line.text}" for line in lines]
