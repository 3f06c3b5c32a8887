"""Options, variables and values that the two take differently: what a server does with them, or says of them."""

from __future__ import annotations

import re
import smtplib
import stat
from pathlib import Path

import pytest

from tests.beside.commands import STARTS, Call, Programs
from tests.beside.programs import pair
from tests.beside.table import differs
from tests.servers.smtp.serving import wait_until


@differs("listens on every address")
def test_where_a_server_listens(programs: Programs, tmp_path: Path) -> None:
    assert '(default "[::]:8025")' in programs.theirs.call(tmp_path, "--help").said
    help = " ".join(programs.ours.call(tmp_path, "--help").said.split())
    assert ("[MP_UI_BIND_ADDR; localhost:8025]" in help, "[MP_SMTP_BIND_ADDR; localhost:1025]" in help) == (True, True)


@differs("a number that is none in a variable means 0", "a variable for a switch is true as", "as `--max-age 0h`")
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("MP_MAX_MESSAGES", "abc", "'abc' is not a valid integer"),
        ("MP_WEBHOOK_DELAY", "1s", "'1s' is not a valid integer"),
        ("MP_SMTP_MAX_RECIPIENTS", "many", "'many' is not a valid integer"),
        ("MP_QUIET", "maybe", "'maybe' is not a valid boolean"),
        ("MP_SMTP_RELAY_STARTTLS", "maybe", "'maybe' is not a valid boolean"),
        ("MP_MAX_AGE", "0h", "an age of 0 would keep nothing"),
        ("MP_MAX_MESSAGE_SIZE", "-1", "--max-message-size is a number of MiB"),
        ("MP_UI_AUTH", "ann", "word 1 of MP_UI_AUTH is not name:password"),
        ("MP_ENABLE_SPAMASSASSIN", "nowhere", "--enable-spamassassin is host:port"),
        ("MP_WEBHOOK_URL", "http://", "--webhook-url is a whole URL"),
        ("MP_WEBHOOK_LIMIT", "-1", "--webhook-limit and --webhook-delay are numbers"),
    ],
)
def test_a_value_that_means_nothing_is_passed_over_or_refused(
    programs: Programs, tmp_path: Path, variable: str, value: str, words: str
) -> None:
    assert programs.theirs.attempt(tmp_path, **{variable: value}) == STARTS
    ours = programs.ours.call(tmp_path, **{variable: value})
    assert (ours.status, words in ours.complained) == (2, True), ours


@differs("as `--max-age 0h`")
def test_a_port_that_is_none_is_passed_over_or_refused(programs: Programs, tmp_path: Path) -> None:
    relay = {"MP_SMTP_RELAY_HOST": "127.0.0.1", "MP_SMTP_RELAY_PORT": "70000"}
    assert programs.theirs.attempt(tmp_path, **relay) == STARTS
    assert programs.ours.attempt(tmp_path, **relay) == 2


@differs("a variable for a switch is true as")
def test_a_variable_says_on(tmp_path: Path) -> None:
    with pair(tmp_path, MP_HIDE_DELETE_ALL_BUTTON="on") as servers:
        shown = [one.get("/api/v1/webui").json["HideDeleteAllButton"] for one in servers]
    assert shown == [False, True]


@differs("a switch knows fewer words")
@pytest.mark.parametrize("option", ["--quiet=yes", "--quiet=on", "--enable-prometheus=yes", "--enable-prometheus=0"])
def test_a_flag_says_yes(programs: Programs, tmp_path: Path, option: str) -> None:
    assert [one.attempt(tmp_path, option) for one in programs] == [1, STARTS]


@differs("a switch knows fewer words")
def test_a_file_says_yes_and_no(programs: Programs, tmp_path: Path) -> None:
    for line in ("starttls: yes", 'starttls: "true"', "preserve-message-ids: on"):
        (tmp_path / "relay.yaml").write_text(f"host: a.example\n{line}\n")
        assert programs.theirs.attempt(tmp_path, "--smtp-relay-config=relay.yaml") == 1
    (tmp_path / "relay.yaml").write_text("host: a.example\nstarttls: yes\npreserve-message-ids: on\n")
    assert programs.ours.attempt(tmp_path, "--smtp-relay-config=relay.yaml") == STARTS


@differs("a switch knows fewer words")
def test_a_login_says_no(programs: Programs, tmp_path: Path) -> None:
    no_login = {"MP_SMTP_RELAY_HOST": "a.example", "MP_SMTP_RELAY_AUTH": "no"}
    assert [one.attempt(tmp_path, **no_login) for one in programs] == [1, 2]


@differs("a number after a flag is read as Go reads it")
def test_a_number_begins_with_a_zero(tmp_path: Path, programs: Programs) -> None:
    taken = []
    with pair(tmp_path, "--smtp-max-recipients=010") as servers:
        for one in servers:
            with smtplib.SMTP("127.0.0.1", one.smtp_port) as client:
                client.ehlo()
                client.mail("app@example.org")
                taken.append([client.rcpt(f"r{number}@example.com")[0] for number in range(12)].count(250))
    assert taken == [8, 10]
    assert programs.theirs.attempt(tmp_path, "--max=0x10") == STARTS
    assert programs.ours.call(tmp_path, "--max=0x10").status == 2


@differs("blanks around a value after a flag")
def test_blanks_around_values(programs: Programs, tmp_path: Path) -> None:
    flags = [
        "--max= 5",
        "--max-message-size=٥",
        "--compression=3 ",
        "--max-age= 3d",
        "--quiet= false",
        "--chaos-triggers= ",
    ]
    (tmp_path / "quoted.yaml").write_text('host: a.example\nport: "25 "\n')
    (tmp_path / "marked.yaml").write_text("\ufeffto: qa@example.net\nhost: a.example\n")
    files = ["--smtp-relay-config=quoted.yaml", "--smtp-forward-config=marked.yaml"]
    refused = programs.theirs.call_each(tmp_path, [Call([one]) for one in (*flags, *files)])
    assert [one.status for one in refused] == [1] * 8
    assert programs.ours.attempt(tmp_path, *flags, *files) == STARTS


@differs("`unix:/path` without a mode")
def test_a_socket_file_without_a_mode(programs: Programs, tmp_path: Path) -> None:
    options = ("--listen=127.0.0.1:0", f"--smtp=unix:{tmp_path}/smtp")
    assert programs.theirs.call(tmp_path, *options).status == 1
    with programs.ours.running(tmp_path, *options):
        wait_until((tmp_path / "smtp").exists)
        wait_until(lambda: stat.S_IMODE((tmp_path / "smtp").stat().st_mode) == 0o660)


@differs("a YAML file may have a tab behind a colon")
def test_a_file_that_yaml_has_two_readings_of(programs: Programs, tmp_path: Path) -> None:
    calls = []
    for number, text in enumerate(("host:\ta.example", "host: a.example\nport: 25.0", "host: a.example\n---\nhost: b")):
        (tmp_path / f"{number}.yaml").write_text(text)
        calls.append(Call([f"--smtp-relay-config={number}.yaml"]))
    assert [one.status for one in programs.ours.call_each(tmp_path, calls)] == [2] * 3
    assert [programs.theirs.attempt(tmp_path, *one.words) for one in calls] == [STARTS] * 3


@differs("a wrong call ends with 1")
@pytest.mark.parametrize(
    "words", [("--nonsense",), ("nonsense",), ("--max", "x"), ("ingest",), ("-x",), ("--max-age=3x",)]
)
def test_a_wrong_call_ends(programs: Programs, tmp_path: Path, words: tuple[str, ...]) -> None:
    theirs, ours = (one.call(tmp_path, *words) for one in programs)
    assert (theirs.status, bool(theirs.said or theirs.complained)) == (1, True)
    assert (ours.status, ours.said, "Error: " in ours.complained) == (2, "", True)


@differs("a wrong call ends with 1")
def test_words_behind_the_options(programs: Programs, tmp_path: Path) -> None:
    assert programs.theirs.attempt(tmp_path, "--", "x") == STARTS
    ours = programs.ours.call(tmp_path, "--", "x")
    assert (ours.status, "No such command 'x'" in ours.complained) == (2, True)


@differs("a wrong call ends with 1")
def test_what_cannot_start_is_told(programs: Programs, tmp_path: Path) -> None:
    theirs, ours = (one.call(tmp_path, "--database", f"{tmp_path}/nowhere/mail.db") for one in programs)
    assert (theirs.status, "level=error" in theirs.said, theirs.complained) == (1, True, "")
    assert (ours.status, ours.said, "there is no folder" in ours.complained) == (1, "", True)


@differs("patterns are those of Go")
def test_patterns_of_two_kinds(programs: Programs, tmp_path: Path) -> None:
    go, python = (r"@example\.com\z", "[[:alpha:]]@"), ("(?=ann)", r"(a)\1")
    for pattern in go:
        assert programs.theirs.attempt(tmp_path, "--smtp-allowed-recipients", pattern) == STARTS
        assert programs.ours.call(tmp_path, "--smtp-allowed-recipients", pattern).status == 2
    for pattern in python:
        assert programs.theirs.attempt(tmp_path, "--smtp-allowed-recipients", pattern) == 1
    assert programs.ours.attempt(tmp_path, "--smtp-allowed-recipients", python[0]) == STARTS


@differs("a log file that cannot be written")
def test_a_log_file_in_no_folder(programs: Programs, tmp_path: Path) -> None:
    assert programs.theirs.attempt(tmp_path, "--log-file=nowhere/log") == STARTS
    ours = programs.ours.call(tmp_path, "--log-file=nowhere/log")
    assert (ours.status, "--log-file: cannot write" in ours.complained) == (2, True)


@differs("everything is logged on standard output")
def test_what_is_said_at_the_start(programs: Programs, tmp_path: Path) -> None:
    lines = []
    for one in programs:
        with one.running(tmp_path, "--smtp=127.0.0.1:0", "--listen=127.0.0.1:0") as process:
            assert process.stdout is not None
            lines.append(next(line for line in process.stdout if "smtp" in line))
    assert re.fullmatch(
        r'time="[\d/: ]+" level=info msg="\[smtpd\] starting on 127\.0\.0\.1:0 \(no encryption\)"\n', lines[0]
    )
    assert re.fullmatch(r"\[smtp\] listening on 127\.0\.0\.1:\d+ \(no encryption, any AUTH accepted\)\n", lines[1])


@differs("is not said for a socket file")
def test_the_page_in_a_socket_file(programs: Programs, tmp_path: Path) -> None:
    said = []
    for number, one in enumerate(programs):
        binds = (f"--smtp=unix:{tmp_path}/smtp{number}:660", f"--listen=unix:{tmp_path}/page{number}:660")
        with one.running(tmp_path, *binds) as process:
            assert process.stdout is not None
            heard = [process.stdout.readline()]
            while not re.search(r"\[http\] (starting on|accessible via) ", heard[-1]):
                heard.append(process.stdout.readline())
            said.append(heard[-1])
    assert said[0].endswith(f'msg="[http] starting on unix:{tmp_path}/page0:660"\n')
    assert re.fullmatch(r"\[http\] accessible via http\+unix://\S+page1\S*\n", said[1])


@differs("is no flag, `--max-age` takes hours and days")
@pytest.mark.parametrize("option", ["--demo-mode", "--max-age=30m"])
def test_what_more_is_taken(programs: Programs, tmp_path: Path, option: str) -> None:
    assert [one.attempt(tmp_path, option) for one in programs] == [1, STARTS]


@differs("rqlite")
def test_a_database_with_a_url(programs: Programs, tmp_path: Path) -> None:
    with programs.theirs.running(tmp_path, "--database=http://127.0.0.1:9") as process:
        assert process.stdout is not None
        assert next(line for line in process.stdout if "http://127.0.0.1:9/status failed" in line)
    ours = programs.ours.call(tmp_path, "--database=http://127.0.0.1:9")
    assert (ours.status, "there is no rqlite here" in ours.complained) == (2, True)


@differs("`/dist` and other files of Mailpit's page")
def test_files_of_the_page(tmp_path: Path) -> None:
    paths = ("/favicon.ico", "/mailpit.svg", "/notification.png")
    with pair(tmp_path) as servers:
        found = [[one.get(path).status for path in paths] for one in servers]
        assert servers.ours.get("/dist/app.js").status == 404
    assert found == [[200, 200, 200], [404, 404, 404]]
