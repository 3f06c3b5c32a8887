"""The same options start both, or neither: flags, variables and files, well written and not."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.beside.commands import STARTS, Call, Programs

# Mailpit ends a wrong call with 1, ours with 2: a row of the table.
ENDS = {1: "ends", 2: "ends", STARTS: STARTS}


def ends(programs: Programs, folder: Path, cases: Mapping[str, Call]) -> dict[str, tuple[str, str]]:
    """How each of both ends with what cannot start, case by case."""
    binds = ("--smtp=127.0.0.1:0", "--listen=127.0.0.1:0")
    calls = [Call((*binds, *one.words), one.stdin, one.variables) for one in cases.values()]
    theirs, ours = (one.call_each(folder, calls) for one in programs)
    pairs = [(ENDS[one.status], ENDS[other.status]) for one, other in zip(theirs, ours, strict=True)]
    return dict(zip(cases, pairs, strict=True))


def outcomes(programs: Programs, folder: Path, *options: str, **variables: str) -> list[str]:
    with ThreadPoolExecutor() as pool:
        return [ENDS[one] for one in pool.map(lambda each: each.attempt(folder, *options, **variables), programs)]


SLIPS = """
--max=abc
--max=
--max=1.5
--max-age=3
--max-age=3D
--max-age=1w
--max-age=-1d
--max-age=99999999999999999999d
--max-message-size=x
--compression=4
--compression=-1
--compression=x
--quiet=maybe
--quiet=
-qfalse
-qx
--no-quiet
--Max=5
--webroot=/a b
--webroot=/é
--ui-auth-file=nowhere
--smtp-auth-file=nowhere
--pop3-auth-file=nowhere
--send-api-auth-file=nowhere
--ui-tls-cert=there
--ui-tls-key=there
--smtp-tls-cert=there
--smtp-tls-cert=sans:
--smtp-require-tls
--smtp-require-starttls
--enable-prometheus=nonsense
--enable-prometheus=:99999
--tag=a
--tags-disable=nonsense
--tags-disable=x-tags,
--tags-config=nowhere
--tags-config=there
--chaos-triggers=Sender:451:101
--chaos-triggers=Sender:399:10
--chaos-triggers=Sender:600:10
--chaos-triggers=Foo:451:10
--chaos-triggers=Sender:451
--chaos-triggers=Sender:451:1.5
--chaos-triggers=Sender:451:10,
--chaos-triggers=,
--chaos-triggers=Sender:451:5%
--chaos-triggers=Sender:451:10;Recipient:550:5
--chaos-triggers=Sender::10
--webhook-url=nonsense
--webhook-url=ftp://example.com/
--webhook-url=https://a b/
--webhook-limit=x
--webhook-delay=1.5
--smtp-max-recipients=x
--smtp-allowed-recipients=(
--smtp-relay-all
--smtp-relay-matching=x
--smtp-relay-config=nowhere
--smtp-relay-config=there
--smtp-forward-config=nowhere
--smtp-forward-config=there
--database=nowhere/mail.db
--listen=8025
--smtp=localhost
--pop3=nonsense
--pop3=127.0.0.1:99999
nonsense
"""


def test_a_slip_is_refused_by_both(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("ann:secret\n")
    cases = {one: Call([one]) for one in SLIPS.strip().splitlines()}
    assert ends(programs, tmp_path, cases) == dict.fromkeys(cases, ("ends", "ends"))


OF_VARIABLES: list[dict[str, str]] = [
    {"MP_COMPRESSION": "5"},
    {"MP_MAX_AGE": "x"},
    {"MP_WEBROOT": "a b"},
    {"MP_UI_AUTH_FILE": "nowhere"},
    {"MP_UI_TLS_CERT": "nowhere"},
    {"MP_SMTP_TLS_REQUIRED": "1"},
    {"MP_CHAOS_TRIGGERS": "x"},
    {"MP_TAG": "x"},
    {"MP_TAGS_DISABLE": "x"},
    {"MP_ENABLE_PROMETHEUS": "x"},
    {"MP_WEBHOOK_URL": "x"},
    {"MP_POP3_BIND_ADDR": "nonsense"},
    {"MP_SMTP_RELAY_ALL": "1"},
    {"MP_SMTP_RELAY_MATCHING": "x"},
    {"MP_DATABASE": "nowhere/mail.db"},
    {"MP_SEND_API_AUTH": "a:b", "MP_SEND_API_AUTH_ACCEPT_ANY": "1"},
]


def test_a_slip_in_a_variable_is_refused_by_both(programs: Programs, tmp_path: Path) -> None:
    cases = {str(one): Call(variables=one) for one in OF_VARIABLES}
    assert ends(programs, tmp_path, cases) == dict.fromkeys(cases, ("ends", "ends"))


OF_EITHER = (
    {"AUTH": "plain"},
    {"AUTH": "plain", "USERNAME": "a"},
    {"AUTH": "login", "PASSWORD": "b"},
    {"AUTH": "cram-md5", "USERNAME": "a", "PASSWORD": "b"},
    {"AUTH": "ntlm"},
    {"AUTH": "true"},
    {"STARTTLS": "1", "TLS": "1"},
    {"OVERRIDE_FROM": "nobody"},
    {"OVERRIDE_FROM": "a@b.example, c@d.example"},
)
OF_RELAY = ({"ALLOWED_RECIPIENTS": "("}, {"BLOCKED_RECIPIENTS": "("})
OF_FORWARD = ({"TO": ""}, {"TO": "nobody"}, {"TO": "a@b.example,"}, {"TO": "a@b.example;c@d.example"})


def test_a_slip_about_a_real_server_is_refused_by_both(programs: Programs, tmp_path: Path) -> None:
    cases = {}
    for kind, slips in (("RELAY", (*OF_EITHER, *OF_RELAY)), ("FORWARD", (*OF_EITHER, *OF_FORWARD))):
        for one in slips:
            said = {"HOST": "127.0.0.1", "TO": "qa@example.net", **one}
            cases[f"{kind} {one}"] = Call(variables={f"MP_SMTP_{kind}_{name}": value for name, value in said.items()})
    assert ends(programs, tmp_path, cases) == dict.fromkeys(cases, ("ends", "ends"))


OF_FILES = [
    "",
    "{}",
    "[]",
    "a",
    "port: 25",
    'host: ""',
    "host:",
    "host: [a]",
    "host: a\nport: x",
    "host: a\nauth: plain",
    "host: a\ntls: true\nstarttls: true",
    'host: a\nrecipient-allowlist: "("',
    "host: a\noverride-from: x",
    "\thost: a",
    "host: a\nhost: b",
    "Host: a",
    "host: a\nforward-smtp-errors: maybe",
]


def test_a_slip_in_a_file_is_refused_by_both(programs: Programs, tmp_path: Path) -> None:
    cases = {}
    for number, text in enumerate(OF_FILES):
        (tmp_path / f"{number}.yaml").write_text(text)
        cases[text] = Call([f"--smtp-relay-config={number}.yaml"])
    assert ends(programs, tmp_path, cases) == dict.fromkeys(cases, ("ends", "ends"))


EVERY_FLAG = """
-dmail.db --disable-wal --disable-version-check --disable-auto-vacuum=true --compression=3 --label=A --tenant-id=t
-m=5 --max-age=3d --max-message-size 1 --use-message-dates --ignore-duplicate-ids --log-file=log -qv --webroot mail
--ui-auth-file=accounts --api-cors=http://a.example,b.example --block-remote-css-and-fonts=1
--allow-internal-http-requests=T --disable-link-check-rate-limit=TRUE --enable-spamassassin=127.0.0.1:9
--allow-untrusted-tls --disable-http-compression=false --hide-delete-all-button --send-api-auth-file=accounts
--smtp-auth-file=accounts --smtp-auth-allow-insecure --smtp-strict-rfc-headers --smtp-max-recipients=0
--smtp-allowed-recipients=(?i)@example\\.com$ --smtp-ignore-rejected-recipients --smtp-disable-rdns
--smtp-relay-config=relay.yaml --smtp-relay-all --smtp-forward-config=forward.yaml --enable-chaos
--chaos-triggers=sender:451:0,Recipient:550:0 --pop3=127.0.0.1:0 --tag=a=b --tags-config=tags.yaml
--tags-title-case --tags-disable=xtags,plus-addressing --tags-username --enable-prometheus=true
--webhook-url=HTTP://127.0.0.1:9/ --webhook-limit=0 --webhook-delay=0 --disable-html-check
"""


def write_files(folder: Path) -> None:
    (folder / "accounts").write_text("ann:secret\n")
    (folder / "relay.yaml").write_text(
        "# one server\nhost: 127.0.0.1\nport: 0\nauth: none\nstarttls: false\nusername:\nrecipient-allowlist: '@a'\n"
        "notes:\n  by: ann\n"
    )
    (folder / "forward.yaml").write_text("host: 127.0.0.1\nto: QA <qa@example.net>, ops@example.net\nauth: false\n")
    (folder / "tags.yaml").write_text("filters:\n  - match: a\n    tags: b, c\n")


def test_every_flag_starts_both(programs: Programs, tmp_path: Path) -> None:
    for one in programs:
        folder = tmp_path / str(programs.ours is one)
        folder.mkdir()
        write_files(folder)
        assert one.attempt(folder, *EVERY_FLAG.split()) == STARTS


EVERY_VARIABLE = """
DATA_FILE=:memory:; DISABLE_WAL=yes; COMPRESSION=0; LABEL=A; TENANT_ID=t-1; MAX_MESSAGES=-1; MAX_AGE=12h
MAX_MESSAGE_SIZE=0; USE_MESSAGE_DATES=TRUE; VERBOSE=1; WEBROOT=/mail/; API_CORS=*; SMTP_AUTH_ACCEPT_ANY=1
UI_AUTH=ann:secret bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=; SEND_API_AUTH=ann:secret bob:secret; POP3_AUTH=ann:secret
SMTP_AUTH_ALLOW_INSECURE=1; STRICT_RFC_HEADERS=1; SMTP_MAX_RECIPIENTS=7; POP3_BIND_ADDR=127.0.0.1:0; ENABLE_CHAOS=yes
DEMO_MODE=1; TAG=a="b c"; TAGS_DISABLE= X-Tags , Plus-Addresses ; DISABLE_HTML_CHECK=1; ENABLE_PROMETHEUS= FALSE
WEBHOOK_URL=http://127.0.0.1:9/#x; NONSENSE=1; QUIET=
"""
FAMILY = """
HOST=127.0.0.1; PORT=2525; STARTTLS=; TLS=false; ALLOW_INSECURE=yes; AUTH=CRAM-md5; USERNAME=ann; PASSWORD=; SECRET=s
OVERRIDE_FROM=Ann <ann@example.org>; RETURN_PATH=ann@example.org; FWD_SMTP_ERRORS=0; TO=qa@example.net
"""


def variables(text: str, *families: str) -> dict[str, str]:
    """The variables of a text, under these beginnings of their names."""
    pairs = [one.strip().partition("=") for line in text.strip().splitlines() for one in line.split(";")]
    return {f"{family}{name}": value for family in families for name, _, value in pairs}


def test_every_variable_starts_both(programs: Programs, tmp_path: Path) -> None:
    for one in programs:
        folder = tmp_path / str(programs.ours is one)
        folder.mkdir()
        every = variables(EVERY_VARIABLE, "MP_") | variables(FAMILY, "MP_SMTP_RELAY_", "MP_SMTP_FORWARD_")
        assert one.attempt(folder, **every) == STARTS


def test_empty_variables_are_none(programs: Programs, tmp_path: Path) -> None:
    names = variables(EVERY_VARIABLE, "MP_") | variables(FAMILY, "MP_SMTP_RELAY_", "MP_SMTP_FORWARD_")
    empty = dict.fromkeys((*names, "MP_DATABASE", "MP_UI_TLS_CERT", "MP_CHAOS_TRIGGERS", "MP_WEBHOOK_LIMIT"), "")
    assert outcomes(programs, tmp_path, **empty) == [STARTS, STARTS]


@pytest.mark.parametrize("option", ["--smtp", "--listen"])
def test_a_port_that_is_taken_ends_both_with_1(programs: Programs, tmp_path: Path, option: str) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        binds = {"--smtp": "127.0.0.1:0", "--listen": "127.0.0.1:0", option: place}
        words = [f"{name}={value}" for name, value in binds.items()]
        assert [one.call(tmp_path, *words).status for one in programs] == [1, 1]
