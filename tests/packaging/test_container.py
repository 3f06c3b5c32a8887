"""The image's steps and environments, run for real."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailpit_py.config import options
from mailpit_py.storage import Store
from tests.assembly.test_takeover import made
from tests.packaging.conftest import ROOT
from tests.packaging.container import MAIL, Image, image_in, started, use, why_not

DOCUMENT = (ROOT / "docs" / "containers.md").read_text("utf-8")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=why_not())]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """The image, as new."""
    return image_in(tmp_path)


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
