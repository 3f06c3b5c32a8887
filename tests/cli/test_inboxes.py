"""`mailpit-py inboxes`: made, listed, opened, set and removed."""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpit_py.node import Node
from tests.cli.conftest import Run, invoke


@pytest.fixture(autouse=True)
def nothing_else(node: Node) -> Iterator[None]:
    yield
    for one in node.sandbox.inboxes.all[1:]:
        node.sandbox.inboxes.remove(one.name)


def token_of(said: str) -> str:
    found = re.search(r"^token +(mpi_\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_an_inbox_is_made_with_a_token_that_opens_it_and_listed(node: Node, run: Run) -> None:
    said = run("inboxes", "add", "team-a").output
    token = token_of(said)
    assert node.sandbox.inboxes.opened_by(token) == "team-a"
    assert re.search(r"^address +anything\+[0-9a-f]{12}@any.domain$", said, re.MULTILINE)
    assert [line.split()[0] for line in run("inboxes").output.splitlines()] == ["default", "team-a"]
    own = invoke("inboxes", MP_URL=node.url.replace("://", f"://team-a:{token}@"))
    assert [line.split()[0] for line in own.output.splitlines()] == ["team-a"]


def test_commands_with_a_token_in_the_address_work_on_its_inbox(node: Node, run: Run) -> None:
    token = token_of(run("inboxes", "add", "team-a").output)
    own = node.url.replace("://", f"://team-a:{token}@")
    for words in (
        ("clock", "advance", "5d"),
        ("rules", "add", "mailbox_full", "--name", "mine"),
        ("simulation", "reset"),
        ("sinks", "list"),
        ("attempts", "list"),
    ):
        done = invoke(*words, MP_URL=own)
        assert done.exit_code == 0, done.output
    assert node.sandbox.clock.reading("team-a").offset_us == 5 * 86_400_000_000
    assert node.sandbox.clock.reading("default").offset_us == 0
    assert [(one.inbox, one.key) for one in node.sandbox.simulator.rules] == [("team-a", "mine")]


def test_commands_work_on_the_inbox_that_is_named(node: Node, run: Run, tmp_path: Path) -> None:
    run("inboxes", "add", "team-a", "--no-token")
    address = f"ann+{node.sandbox.inboxes.find('team-a').key}@example.com"
    with smtplib.SMTP("127.0.0.1", node.smtp_port) as client:
        client.sendmail("app@acme.test", [address], b"Subject: Theirs\r\n\r\nHi\r\n")
        run("rules", "add", "mailbox_full", "--name", "mine", "--first", "1", "--inbox", "team-a")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("app@acme.test", [address], b"")
    (theirs,) = run("wait", "--timeout", "0", "--inbox", "team-a").output.splitlines()
    assert run("wait", "--timeout", "0").exit_code == 1
    for words, said in (
        (("rules", "list"), "mine"),
        (("simulation", "state"), "mine"),
        (("attempts", "list"), address),
        (("attempts", "timeline", theirs), address),
        (("check", theirs), theirs),
        (("bounce", "send", theirs, "--scenario", "unknown_user"), "failure"),
        (("dump", str(tmp_path / "kept")), "2 messages"),
    ):
        elsewhere = run(*words)
        assert elsewhere.exit_code or said not in elsewhere.output, (words, elsewhere.output)
        assert said in run(*words, "--inbox", "team-a").output, words
    run("rules", "clear")
    assert len(node.sandbox.simulator.rules) == 1
    run("rules", "clear", "--inbox", "team-a")
    assert node.sandbox.simulator.rules == ()


def test_what_it_keeps_and_how_long_it_lives_is_set(node: Node, run: Run) -> None:
    run("inboxes", "add", "team-a", "--ttl", "1h", "--max", "10", "--no-token")
    made = node.sandbox.inboxes.find("team-a")
    assert (made.ttl_seconds, made.max_messages, made.token_hash) == (3600, 10, "")
    shown = json.loads(run("inboxes", "set", "team-a", "--ttl", "0", "--max-age", "2d", "--max-bytes", "0").output)
    assert (shown["ttl_seconds"], shown["limits"]) == (
        None,
        {"max_messages": 10, "max_age_seconds": 172_800, "max_bytes": 0},
    )
    assert json.loads(run("inboxes", "show", "team-a").output)["limits"] == shown["limits"]


@pytest.mark.parametrize("words", [("set", "team-a"), ("set", "team-a", "--max", "many"), ("add", "--ttl", "soon")])
def test_what_cannot_be_set_is_told(run: Run, words: tuple[str, ...]) -> None:
    assert run("inboxes", *words).exit_code == 2


def test_a_token_is_replaced_and_taken_back(node: Node, run: Run) -> None:
    first = token_of(run("inboxes", "add", "team-a").output)
    second = token_of(run("inboxes", "token", "team-a").output)
    assert [node.sandbox.inboxes.opened_by(one) for one in (first, second)] == [None, "team-a"]
    run("inboxes", "token", "team-a", "--revoke")
    assert node.sandbox.inboxes.opened_by(second) is None


def test_an_inbox_is_removed_but_the_first_stays(node: Node, run: Run) -> None:
    run("inboxes", "add", "team-a")
    assert run("inboxes", "delete", "team-a").exit_code == 0
    assert run("inboxes", "delete", "team-a").exit_code == 1
    assert "stays" in run("inboxes", "delete", "default").output
    assert [one.name for one in node.sandbox.inboxes.all] == ["default"]


def test_what_names_an_inbox_is_shown_and_set(run: Run) -> None:
    assert run("inboxes", "route").output == "nothing  (X-Mailpit-Inbox)\n"
    assert run("inboxes", "route", "plus", "auth").output == "plus auth  (X-Mailpit-Inbox)\n"
    assert run("inboxes", "route", "--header", "X-Team").output == "plus auth  (X-Team)\n"
    assert run("inboxes", "route", "--off", "--header", "X-Mailpit-Inbox").output == "nothing  (X-Mailpit-Inbox)\n"
