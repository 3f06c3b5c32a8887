"""The image in a root folder, network and processes of its own.

What a container engine does is done here with Linux's own means: the second stage of the Dockerfile in
a folder, then its entry point in that folder, with the environment of a compose file, on its usual ports.
With the root folder of an image that was really built, as MAILPIT_PY_IMAGE, all of it is done in that.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().partition("FROM python:3.13-slim\n")[2]
ENVIRONMENT = dict(re.findall(r"(\w+)=(\S+)", DOCKERFILE.partition("\nENV ")[2].partition("\n#")[0]))
ENVIRONMENT["PATH"] = ENVIRONMENT["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
SCRIPT = Path(sys.prefix, "bin", "mailpit-py-container")
PROGRAMS = ("unshare", "nsenter", "ip", "chroot", "setpriv", "wget")
PLACES = tuple(dict.fromkeys([sys.base_prefix, sys.prefix, str(ROOT)]))
MAIL = b"From: app@example.org\nTo: ann@example.com\nSubject: From the app\n\nHi\n"

BUILT = os.environ.get("MAILPIT_PY_IMAGE", "")

LAUNCHER = """
set -e
root=$1; shift
ip link set lo up
echo "$FIRST_FREE_PORT" > /proc/sys/net/ipv4/ip_unprivileged_port_start
mount --make-rprivate /
if [ "$BUILT" ]; then
    mount -t overlay overlay -o "lowerdir=$BUILT,upperdir=$root,workdir=$root.work" "$root"
else
    for name in usr bin sbin lib lib64; do
        if [ -L "/$name" ]; then ln -sfn "$(readlink "/$name")" "$root/$name"
        elif [ -d "/$name" ]; then mkdir -p "$root/$name" && mount --bind "/$name" "$root/$name"; fi
    done
    for place in $PLACES; do mkdir -p "$root$place" && mount --bind "$place" "$root$place"; done
fi
mkdir -p "$root/proc" "$root/dev" "$root/tmp" && chmod 1777 "$root/tmp"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
if [ "$READ_ONLY" ]; then
    mount --bind "$root/data" "$root/data"
    mount --rbind "$root" "$root"
    mount -o remount,bind,ro "$root"
fi
exec chroot "$root" "$@"
"""


def why_not() -> str:
    """What is missing for it, or nothing."""
    if os.name != "posix" or os.geteuid() != 0:
        return "needs root"
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        return f"needs {', '.join(missing)}"
    if not SCRIPT.is_file():
        return "needs the installed program: ./test installs it"
    probe = ["unshare", "--mount", "--net", "--pid", "--fork", "ip", "link", "set", "lo", "up"]
    return "" if subprocess.run(probe, capture_output=True, check=False).returncode == 0 else "may not make namespaces"


@dataclass
class Image:
    """A root folder as the Dockerfile makes it."""

    root: Path
    read_only: bool = False  # but for the volume
    first_free_port: int = 0  # that not only root may open; engines set 0

    def command(self, *words: str) -> list[str]:
        isolated = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
        return [*isolated, "sh", "-c", LAUNCHER, "launcher", str(self.root), *words]

    @property
    def environment(self) -> dict[str, str]:
        read_only = "yes" if self.read_only else ""
        return {
            "PATH": os.environ["PATH"],
            "PLACES": " ".join(PLACES),
            "BUILT": BUILT,
            "READ_ONLY": read_only,
            "FIRST_FREE_PORT": str(self.first_free_port),
        }


def image_in(folder: Path) -> Image:
    """The second stage, run but for what comes from package archives; or an image that was built."""
    image = Image(folder / "root")
    os.chmod(folder, 0o755)
    if BUILT:
        image.root.mkdir()
        (folder / "root.work").mkdir()
        return image
    for name in ("etc", "opt", "var", "data"):
        (image.root / name).mkdir(parents=True)
    for name in ("passwd", "group", "shadow", "gshadow", "login.defs", "hosts", "nsswitch.conf"):
        if Path("/etc", name).is_file():
            shutil.copy(Path("/etc", name), image.root / "etc" / name)
    (image.root / "opt" / "mailpit-py").symlink_to(sys.prefix)
    (step,) = re.findall(r"^RUN (groupadd.*?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    subprocess.run(image.command("sh", "-c", step), env=image.environment, check=True, timeout=60)
    return image


@dataclass
class Container:
    """A started container."""

    image: Image
    process: subprocess.Popen[str]
    said: str
    pid: int
    variables: dict[str, str]

    def run(self, *words: str, stdin: bytes = b"") -> str:
        """Run a command inside, as `docker exec` does."""
        entered = ["nsenter", "--target", str(self.pid), "--net", "--pid", "--mount", "--root", "--wd", *words]
        done = subprocess.run(entered, input=stdin, env=self.variables, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, f"{words}: {done.stdout!r} {done.stderr!r}"
        return done.stdout.decode()

    @property
    def user(self) -> int:
        """Who the sandbox runs as."""
        return Path("/proc", str(self.pid)).stat().st_uid

    def stop(self) -> int:
        """Stop it as `docker stop` does, and return its exit code."""
        os.kill(self.pid, 15)
        return self.process.wait(30)


@contextmanager
def started(image: Image, *words: str, user: int | None = None, **variables: str) -> Iterator[Container]:
    """Start the entry point with arguments and variables."""
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user is not None else []
    inner = [f"{name}={value}" for name, value in {**ENVIRONMENT, **variables}.items()]
    command = image.command("env", "-i", *inner, *as_user, "/mailpit", *words)
    with subprocess.Popen(command, env=image.environment, stdout=-1, stderr=-2, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "accessible via http" in line:
                    break
            else:
                pytest.fail(f"it did not start:\n{said}")
            yield Container(image, process, said, children(process.pid)[0], {**ENVIRONMENT, **variables})
        finally:
            # --kill-child is forgotten by a child that changes its user
            for child in children(process.pid):
                os.kill(child, signal.SIGKILL)
            process.kill()


def children(parent: int) -> list[int]:
    """The processes that one has started and that have not ended; of unshare, the first one inside."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def use(container: Container, port: int = 8025) -> None:
    """A health check as compose files write it, a mail, and a look for it."""
    container.run("wget", "-qO-", f"http://localhost:{port}/readyz")
    container.run("mailpit", "sendmail", "-S", "localhost:1025", "-t", stdin=MAIL)
    assert "From the app" in container.run("wget", "-qO-", f"http://localhost:{port}/api/v2/messages")
