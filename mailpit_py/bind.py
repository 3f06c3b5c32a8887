"""Where a server listens, read from one option."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Bind:
    """Where a server listens: `hosts` and a TCP port, or a socket file with its mode.

    `localhost` stands for both loopback addresses. Port 0 lets the system choose one.
    """

    hosts: tuple[str, ...] = ()
    port: int = 0
    path: Path | None = None
    mode: int = 0o660

    @property
    def is_loopback(self) -> bool:
        """True when nothing but this machine can connect."""
        return self.path is not None or all(host in LOOPBACK or host.startswith("127.") for host in self.hosts)

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix:{self.path}"
        host = "localhost" if self.hosts == LOOPBACK else self.hosts[0]
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Bind:
        """Read `host:port`, `[address]:port`, `:port` or `unix:/path[:mode]`. Raises ValueError with advice."""
        if text.startswith("unix:"):
            return cls._parse_unix(text.removeprefix("unix:"))
        match = re.fullmatch(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]*)):(?P<port>\d{1,5})", text.strip())
        if match is None or int(match["port"]) > 65535:
            raise ValueError(f"write it as host:port, [::1]:port or unix:/path, not {text!r}")
        host = match["v6"] or match["host"] or "::"
        return cls(LOOPBACK if host == "localhost" else (host,), int(match["port"]))

    @classmethod
    def _parse_unix(cls, text: str) -> Bind:
        path, _, mode = text.rpartition(":")
        if not path:
            path, mode = text, "660"
        if not re.fullmatch(r"[0-7]{3,4}", mode):
            raise ValueError(
                f"write a socket file as unix:/path or unix:/path:mode with an octal mode, not unix:{text}"
            )
        return cls(path=Path(path), mode=int(mode, 8))
