"""The image's steps and environments, run for real: in a root folder, network and processes of their own.

What a container engine does is done here with Linux's own means: the second stage of the Dockerfile in
a folder, then its entry point in that folder, with the environment of a compose file, on its usual ports.
With the root folder of an image that was really built, as MAILPIT_PY_IMAGE, all of it is done in that.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailpit_py.config import options
from mailpit_py.storage import Store
from tests.assembly.test_takeover import made
from tests.packaging.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().partition("FROM python:3.13-slim\n")[2]
ENVIRONMENT = dict(re.findall(r"(\w+)=(\S+)", DOCKERFILE.partition("\nENV ")[2].partition("\n#")[0]))
ENVIRONMENT["PATH"] = ENVIRONMENT["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
DOCUMENT = (ROOT / "docs" / "containers.md").read_text("utf-8")
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


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=why_not())]


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


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """The second stage, run but for what comes from package archives; or an image that was built."""
    image = Image(tmp_path / "root")
    os.chmod(tmp_path, 0o755)
    if BUILT:
        image.root.mkdir()
        (tmp_path / "root.work").mkdir()
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


ENVIRONMENTS: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    "docker run, GitHub services": ({}, (), "data/mailpit.db"),
    "Laravel Sail": ({"MP_DATA_FILE": "/var/mailpit.db"}, (), "var/mailpit.db"),
    "a common compose file": (
        {
            "MP_MAX_MESSAGES": "5000",
            "MP_DATABASE": "/data/mailpit.db",
            "MP_SMTP_AUTH_ACCEPT_ANY": "1",
            "MP_SMTP_AUTH_ALLOW_INSECURE": "1",
            "TZ": "America/Los_Angeles",
        },
        (),
        "data/mailpit.db",
    ),
    "a command in a compose file": (
        {},
        ("--smtp-auth-accept-any", "--smtp-auth-allow-insecure", "-d", "/data/m/mail.db", "--max=0", "-v"),
        "data/m/mail.db",
    ),
    "ddev": (
        {"MP_MAX_MESSAGES": "500"},
        ("--listen", "127.0.0.1:8025", "--smtp", "127.0.0.1:1025", "--db-file", "/var/tmp/mailpit.db"),
        "var/tmp/mailpit.db",
    ),
    "Quarkus": (
        {
            "MP_WEBROOT": "/",
            "MP_MAX_MESSAGES": "500",
            "MP_ENABLE_CHAOS": "true",
            "MP_VERBOSE": "false",
            "MP_SMTP_RELAY_PORT": "25",
            "MP_SMTP_RELAY_STARTTLS": "false",
            "MP_SMTP_RELAY_ALLOW_INSECURE": "false",
            "MP_SMTP_RELAY_AUTH": "none",
        },
        (),
        "data/mailpit.db",
    ),
    "pytest-mailpit": (
        {"MP_SMTP_DISABLE_RDNS": "1", "MP_ENABLE_CHAOS": "1", "MP_DISABLE_VERSION_CHECK": "1"},
        (),
        "data/mailpit.db",
    ),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_starts_with_the_environment_of(image: Image, name: str) -> None:
    variables, words, database = ENVIRONMENTS[name]
    with started(image, *words, **variables) as container:
        use(container)
        assert container.user == 1025
        kept = image.root / database
        assert (kept.stat().st_uid, kept.stat().st_mode & 0o777) == (1025, 0o600)
        assert container.stop() == 0


def documented() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each service of this image in the examples of the documents, with the heading above it."""
    heading = ""
    for line, block in re.findall(r"^#+ ([^\n]+)$|^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL):
        heading = line or heading
        for jobs in [YAML(typ="safe").load(block)] if block else []:
            for part in jobs.get("jobs", {"": jobs}).values():
                yield from ((heading, one) for one in part["services"].values() if "mailpit-py" in one.get("image", ""))


def variables_of(service: dict[str, Any]) -> dict[str, str]:
    """The variables of a service, which are written as a mapping or as a list."""
    given = service.get("environment") or service.get("env") or {}
    pairs = given.items() if isinstance(given, dict) else (one.split("=", 1) for one in given)
    return {name: str(value) for name, value in pairs}


@pytest.mark.parametrize(("heading", "service"), [*documented()])
def test_it_starts_as_the_documents_have_it(image: Image, heading: str, service: dict[str, Any]) -> None:
    variables = variables_of(service)
    assert {name for name in variables if name.startswith("MP_")} <= {
        name for one in options() for name in one.variables
    }
    with started(image, **variables) as container:
        use(container)
        assert "has no effect" not in container.said
        assert container.stop() == 0


def test_the_documents_have_an_example_of_each_set_up() -> None:
    assert {heading for heading, _ in documented()} == {"Laravel Sail", "ddev", "GitHub Actions", "Compose"}


def test_mail_in_a_volume_of_roots_is_taken_over(image: Image) -> None:
    folder = image.root / "volume"
    folder.mkdir(mode=0o755)
    Store.open(folder / "mail.db").close()
    with started(image, MP_DATABASE="/volume/mail.db") as container:
        use(container)
        assert container.user == folder.stat().st_uid == (folder / "mail.db").stat().st_uid == 1025


def test_a_folder_of_a_user_keeps_its_owner_and_is_run_for_him(image: Image) -> None:
    folder = image.root / "volume"
    folder.mkdir()
    Store.open(folder / "mail.db").close()  # root's, as Mailpit's image leaves files
    os.chown(folder, 1000, 1000)
    with started(image, MP_DATABASE="/volume/mail.db") as container:
        use(container)
        assert container.user == folder.stat().st_uid == (folder / "mail.db").stat().st_uid == 1000


def test_any_user_may_run_it(image: Image) -> None:
    with started(image, user=4242) as container:
        use(container)
        assert container.user == 4242
        assert (image.root / "data" / "mailpit.db").stat().st_uid == 4242


@pytest.mark.parametrize(
    ("first_free", "user", "words"), [(0, 1025, ""), (1024, 0, "nobody else may listen on port 80")]
)
def test_lando_has_the_page_on_port_80(image: Image, first_free: int, user: int, words: str) -> None:
    image.first_free_port = first_free
    variables = {"MP_DATABASE": "/data/mailpit.sqlite", "MP_MAX_MESSAGES": "500", "MP_UI_BIND_ADDR": "0.0.0.0:80"}
    with started(image, **variables, MP_SMTP_AUTH_ACCEPT_ANY="1", MP_SMTP_AUTH_ALLOW_INSECURE="1") as container:
        use(container, port=80)
        container.run("/mailpit", "readyz")
        assert container.user == user
        assert words in container.said


@pytest.mark.parametrize("user", [None, 4242])
def test_it_needs_nothing_to_write_to_but_its_volume(image: Image, user: int | None) -> None:
    image.read_only = True
    with started(image, user=user, MP_SMTP_TLS_CERT="auto") as container:
        use(container)
        container.run("sh", "-c", "! touch /var/x 2>/dev/null")
        assert "runs as root" not in container.said
    assert {"mailpit.db", "mailpit-py-ca.pem"} <= {one.name for one in (image.root / "data").iterdir()}


def test_a_volume_with_mailpits_database_is_taken_over_beside_it(image: Image) -> None:
    folder = image.root / "volume"
    folder.mkdir()
    theirs = made(folder / "mailpit.db", 3)
    before = (hashlib.sha256(theirs.read_bytes()).hexdigest(), theirs.stat().st_uid, theirs.stat().st_mode)
    with started(image, MP_DATABASE="/volume/mailpit.db") as container:
        use(container)
        assert "3 messages of it were taken over" in container.said
        assert container.user == 1025
        assert "Order 2" in container.run("wget", "-qO-", "http://localhost:8025/api/v2/messages")
    after = (hashlib.sha256(theirs.read_bytes()).hexdigest(), theirs.stat().st_uid, theirs.stat().st_mode)
    assert after == before


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"MP_UI_AUTH_FILE": "/secret/htpasswd"}, "nobody else may use /secret/htpasswd"),
        ({"MP_DATABASE": "/mail.db"}, "/ cannot be given to another user"),
    ],
)
def test_what_only_root_can_do_is_done_by_root_and_said(image: Image, variables: dict[str, str], words: str) -> None:
    (image.root / "secret").mkdir()
    (image.root / "secret" / "htpasswd").write_text("ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n")
    (image.root / "secret" / "htpasswd").chmod(0o600)
    with started(image, **variables) as container:
        container.run("/mailpit", "readyz")
        assert f"mailpit-py runs as root: {words}" in container.said
        assert container.user == 0


def test_other_commands_run_as_whoever_calls_them(image: Image) -> None:
    with started(image) as container:
        container.run("mailpit", "sendmail", "-S", "localhost:1025", "-t", stdin=MAIL)
        container.run("mailpit", "dump", "/root-only")
        assert len(list((image.root / "root-only").iterdir())) == 1
        assert container.run("mailpit", "version").startswith("mailpit-py ")


def test_under_the_name_of_sendmail_it_is_that_and_gives_no_folder_away(image: Image) -> None:
    with started(image) as container:
        container.run("ln", "-s", "/mailpit", "/opt/bin/sendmail")
        call = ["env", "MP_DATABASE=/made/mail.db", "sendmail", "-t", "-i"]
        container.run(*call, stdin=MAIL)
        assert "From the app" in container.run("wget", "-qO-", "http://localhost:8025/api/v2/messages")
        assert not (image.root / "made").exists()


def test_every_option_can_be_set_by_the_environment_alone(image: Image) -> None:
    rules = '[[rules]]\nname = "all"\noutcome = "discard"\n'
    variables = {"MP_RULES": rules, "MP_LABEL": "Team Blue", "MP_WEBROOT": "/mail", "MP_QUIET": "false"}
    with started(image, **variables) as container:
        assert "mailpit-py" in container.said
        assert "(Team Blue)" in container.said
        container.run("/mailpit", "readyz")
        assert '"all"' in container.run("wget", "-qO-", "http://localhost:8025/mail/api/v2/rules").replace(" ", "")


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_it_is_reached_by_ipv6_as_well(image: Image) -> None:
    with started(image) as container:
        container.run("wget", "-qO-", "http://[::1]:8025/readyz")
        container.run("mailpit", "sendmail", "-S", "[::1]:1025", "-t", stdin=MAIL)
        assert "From the app" in container.run("wget", "-qO-", "http://127.0.0.1:8025/api/v2/messages")


def test_health_checks_of_other_kinds_work(image: Image) -> None:
    with started(image, MP_UI_BIND_ADDR="0.0.0.0:9000") as container:
        container.run("/mailpit", "readyz", "--wait")
        container.run("wget", "--no-verbose", "--tries=1", "--spider", "http://localhost:9000/livez")
