"""A program in a terminal of its own: keys in, a screen out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.servers.smtp.serving import TIMEOUT

_CONTROLS = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78])")


class Terminal:
    """The side of the person who sits before it."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._seen = b""

    def type(self, keys: str) -> None:
        """Press keys; what was on the screen before counts no more."""
        self._seen = b""
        os.write(self._master, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read on until this text is drawn."""
        deadline = time.monotonic() + TIMEOUT
        while text not in self.screen:
            assert time.monotonic() < deadline, f"{text!r} is not shown, but {self.screen[-2_000:]!r}"
            self._read()

    @property
    def screen(self) -> str:
        """What was drawn since the last key, without where and how."""
        return _CONTROLS.sub(b"", self._seen).decode("utf-8", "replace")

    def _read(self) -> None:
        readable, _, _ = select.select([self._master], [], [], 0.1)
        if readable:
            with contextlib.suppress(OSError):  # the program is gone
                self._seen += os.read(self._master, 1 << 16)


@contextlib.contextmanager
def terminal(command: Sequence[str | Path], variables: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
    """Run a program in a terminal of 40 lines; it is ended afterwards."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        list(map(str, command)),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=folder,
        env={**variables, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
