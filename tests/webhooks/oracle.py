"""The verifiers of npm, asked about many requests in one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "oracles" / "verify.mjs"
CLIENTS = Path(__file__).parent.parent / "clients"


class Verifiers:
    """A running script; `port` is where it serves the certificate over HTTPS, 0 if it was given none."""

    def __init__(self, process: subprocess.Popen[str], *, serves: bool) -> None:
        self._process = process
        self.port = int(self._line()) if serves else 0

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, verifier: str, **request: Any) -> bool:
        """What a verifier says about a request."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"verifier": verifier, **request}) + "\n")
        self._process.stdin.flush()
        answer = self._line()
        assert answer in ("true", "false"), answer
        return answer == "true"


@contextmanager
def verifiers(*, certificate: Path | None = None, tls: Path | None = None) -> Iterator[Verifiers]:
    """Start the script. `certificate` is what it serves with the files cert.pem and key.pem in `tls`.

    The authority ca.pem in `tls` is trusted. Skips where Node.js or the packages are absent.
    """
    if shutil.which("node") is None or not (CLIENTS / "node_modules" / "sns-validator").is_dir():
        pytest.skip("Node.js or the packages of tests/clients are not installed: ./test installs them")
    environment = os.environ | {"PACKAGES": str(CLIENTS)}
    if tls:
        environment |= {"NODE_EXTRA_CA_CERTS": str(tls / "ca.pem")}
    if certificate and tls:
        files = {"CERTIFICATE": certificate, "TLS_CERT": tls / "cert.pem", "TLS_KEY": tls / "key.pem"}
        environment |= {name: str(path) for name, path in files.items()}
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=environment) as process:
        try:
            yield Verifiers(process, serves=certificate is not None)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            finally:
                process.kill()
