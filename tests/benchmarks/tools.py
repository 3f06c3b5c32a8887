"""What the benchmarks need from elsewhere, fetched once into a cache folder and never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mailpit-py-benchmarks"


def run(command: list[str], folder: Path) -> None:
    """Run a command of the set-up; its output is shown only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


class Postfix:
    """Postfix's load tools, unpacked from Debian's package without installing or starting it."""

    def __init__(self) -> None:
        self.root = CACHE / "postfix"
        self.config = CACHE / "postfix-config"

    def fetch(self) -> None:
        """Download and unpack; does nothing the second time."""
        if (self.root / "usr/sbin/smtp-source").exists():
            return
        if shutil.which("apt-get") is None:
            raise SystemExit(
                "the SMTP load is Postfix's smtp-source, which is fetched with apt-get: use Debian or Ubuntu"
            )
        CACHE.mkdir(parents=True, exist_ok=True)
        self.config.mkdir(exist_ok=True)
        (self.config / "main.cf").write_text("compatibility_level = 3.6\n")
        run(["apt-get", "download", "-q", "postfix"], CACHE)
        package = next(CACHE.glob("postfix_*.deb"))
        run(["dpkg-deb", "-x", str(package), str(self.root)], CACHE)

    def environment(self) -> dict[str, str]:
        """The variables under which the unpacked programs find their libraries and configuration."""
        return {
            **os.environ,
            "LD_LIBRARY_PATH": str(self.root / "usr/lib/postfix"),
            "MAIL_CONFIG": str(self.config),
        }

    def program(self, name: str) -> str:
        """The path of one unpacked program."""
        return str(self.root / "usr/sbin" / name)


def maildev() -> Path | None:
    """MailDev's program from the npm registry; None without npm."""
    program = CACHE / "maildev/node_modules/maildev/dist/bin/maildev.js"
    if program.exists():
        return program
    if shutil.which("npm") is None:
        return None
    folder = CACHE / "maildev"
    folder.mkdir(parents=True, exist_ok=True)
    run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), "maildev@3"], folder)
    return program if program.exists() else None
