"""Rules and state of a running sandbox from the command line; addresses and catalogue without one."""

from __future__ import annotations

import json
import smtplib
from contextlib import nullcontext
from pathlib import Path

import pytest

from mailpit_py.client import Client, ClientError
from mailpit_py.config import Config
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.node import Node
from mailpit_py.simulation.stage import Stage
from tests.cli.conftest import Run, invoke


def test_rules_are_added_listed_and_deleted(run: Run) -> None:
    added = run("rules", "add", "mailbox_full+gmail", "--name", "full", "--first", "2", "--recipient", "*@example.com")
    assert (added.exit_code, added.output) == (0, "full\n")
    assert "first 2" in run("rules", "list").output
    assert run("rules", "delete", "full").exit_code == 0
    assert run("rules", "list").output == ""


def test_a_rule_without_a_name_is_deleted_by_its_digest(run: Run) -> None:
    key = run("rules", "add", "unknown_user", "--header", "X-Test=yes", "--stage", "content").output.strip()
    assert key.startswith("#")
    assert run("rules", "delete", key).exit_code == 0
    assert run("rules", "list").output == ""


def test_a_bad_rule_is_told_with_its_fields_and_changes_nothing(run: Run) -> None:
    refused = run("rules", "add", "nothing_of_the_kind", "--probability", "2", "--scope", "moon")
    assert refused.exit_code == 1
    for field in ("outcome", "probability", "scope"):
        assert f"\n  {field}: " in refused.output
    assert run("rules", "list").output == ""


def test_what_list_prints_can_be_loaded(run: Run, tmp_path: Path) -> None:
    run("rules", "add", "system_error", "--name", "next", "--stage", "content", "--first", "1")
    printed = run("rules", "list", "--json").output
    file = tmp_path / "rules.json"
    file.write_text(printed)
    run("rules", "clear")
    assert run("rules", "load", str(file)).output == "1 rules\n"
    before, after = (json.loads(text)["rules"][0] for text in (printed, run("rules", "list", "--json").output))
    assert {**before, "id": ""} == {**after, "id": ""}


def test_rules_of_a_toml_file_take_the_place_of_others_or_stand_behind_them(run: Run, tmp_path: Path) -> None:
    run("rules", "add", "discard", "--name", "old")
    file = tmp_path / "rules.toml"
    file.write_text('[[rules]]\nname = "new"\noutcome = "mailbox_full"\nexpires_at = 2030-01-01T00:00:00Z\n')
    assert run("rules", "load", "--append", str(file)).output == "2 rules\n"
    assert run("rules", "load", str(file)).output == "1 rules\n"
    (rule,) = json.loads(run("rules", "list", "--json").output)["rules"]
    assert (rule["key"], rule["expires_at"]) == ("new", "2030-01-01T00:00:00.000000Z")


def test_profiles_beside_the_rules_of_a_file_are_not_passed_over_in_silence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "both.toml"
    file.write_text('[[rules]]\noutcome = "discard"\n\n[[profiles]]\ndomain = "a.test"\nprovider = "gmail"\n')
    assert "mailpit-py profiles load" in run("rules", "load", str(file)).stderr


def test_rules_of_a_yaml_file_are_loaded_with_texts_and_instants_as_they_are_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n- name: no\n  outcome: mailbox_full\n  stage: content\n"
        "  expires_at: 2030-01-01T00:00:00Z\n  match: {subject: 12:30}\n"
    )
    assert run("rules", "load", str(file)).output == "1 rules\n"
    (rule,) = json.loads(run("rules", "list", "--json").output)["rules"]
    assert (rule["key"], rule["expires_at"]) == ("no", "2030-01-01T00:00:00.000000Z")
    assert rule["match"] == {"subject": "12:30"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.toml", "rules = ", "not TOML"),
        ("a.json", "{}", "no list of rules"),
        ("a.json", "[", "not JSON"),
        ("a.yaml", "rules: {", "not YAML"),
        ("a.yml", "- rules", "no tables"),
        (None, "", "cannot read"),
    ],
)
def test_a_file_without_rules_is_told(run: Run, tmp_path: Path, name: str | None, text: str, words: str) -> None:
    file = tmp_path / (name or "missing.toml")
    if name:
        file.write_text(text)
    result = run("rules", "load", str(file))
    assert result.exit_code == 1
    assert words in result.output


def test_an_outcome_is_also_a_table(run: Run) -> None:
    added = run("rules", "add", '{"kind": "hide_keywords", "keywords": ["STARTTLS"]}')
    assert added.exit_code == 0
    (rule,) = json.loads(run("rules", "list", "--json").output)["rules"]
    assert (rule["stage"], rule["outcome"]["keywords"]) == ("HELO", ["STARTTLS"])
    assert "no table in JSON" in run("rules", "add", '{"kind": ').stderr
    assert "one of accept" in run("rules", "add", '{"kind": "lunch"}').stderr


def test_state_is_shown_and_reset(run: Run, node: Node) -> None:
    session, envelope = Session("s", 1), Envelope("app@example.org")
    node.sandbox.simulator.decide(Stage.RCPT, session, envelope, Recipient("greylist@bounce.test"))
    assert "greylist@bounce.test" in run("simulation", "state").output
    assert json.loads(run("simulation", "state", "--json").output)[0]["fired"] == 1
    assert run("simulation", "reset", "--recipient", "somebody@else.test").output == "0 forgotten\n"
    assert run("simulation", "reset").output == "1 forgotten\n"
    assert run("simulation", "state").output == ""


def test_attempts_are_listed_and_the_tries_of_their_mail_are_shown(run: Run, node: Node) -> None:
    recipient = "greylist+x2--cli@bounce.test"
    mail = "Message-ID: <cli@app.example>\r\n\r\nHello\r\n"
    refused = smtplib.SMTPRecipientsRefused
    for expected in (pytest.raises(refused), pytest.raises(refused), nullcontext()):
        with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=20) as client, expected:
            client.sendmail("app@example.org", [recipient], mail)
    listed = run("attempts", "list", "--recipient", recipient).output.splitlines()
    assert [line.split("  ")[2:] for line in listed] == [
        ["RCPT", "451 4.7.1", recipient, f"address {recipient}, try {number}"] for number in (2, 1)
    ]
    assert run("attempts", "list", "--recipient", recipient, "--trigger", "rule").output == ""
    newest = json.loads(run("attempts", "list", "--limit", "1", "--json").output)
    assert [one["reply"]["code"] for one in newest] == [451]
    shown = run("attempts", "timeline", newest[0]["id"]).output.splitlines()
    assert [("451 4.7.1" in line, "250 2.0.0" in line, "  +" in line) for line in shown] == [
        (True, False, False),
        (True, False, True),
        (False, True, True),
    ]
    assert json.loads(run("attempts", "timeline", "--json", newest[0]["id"]).output)["joined_by"] == "message-id"
    assert run("attempts", "timeline", "nothing").exit_code == 1


def test_an_address_is_explained_without_a_sandbox() -> None:
    explained = invoke("explain", "bounce+5.1.1@bounce.test")
    assert explained.exit_code == 0
    assert explained.output.startswith("550 5.1.1 ")
    assert json.loads(invoke("explain", "--json", "ann@example.com").output)["acts"] is False


def test_an_address_is_explained_with_the_options_of_the_sandbox() -> None:
    assert "ordinary mail" in invoke("explain", "discard@fail.example").output
    assert (
        "nothing of it is kept" in invoke("--magic-domains", "fail.example", "explain", "discard@fail.example").output
    )


def test_the_catalogue_is_listed_and_one_cause_is_shown_in_every_providers_words() -> None:
    assert "mailbox_full" in invoke("catalogue").output
    shown = invoke("catalogue", "mailbox_full").output
    assert "bounce+mailbox_full@bounce.test" in shown
    assert "bounce+mailbox_full+gmail@bounce.test" in shown
    assert invoke("catalogue", "no_such_cause").exit_code == 2


def test_a_sandbox_that_is_not_there_is_told() -> None:
    result = invoke("rules", "list", "--url", "http://127.0.0.1:9/")
    assert result.exit_code == 1
    assert "no sandbox answers at http://127.0.0.1:9/" in result.output


@pytest.mark.parametrize(
    "words", [("rules", "--help"), ("rules", "add", "--help"), ("simulation", "--help"), ("attempts", "--help")]
)
def test_help_shows_examples_or_words(words: tuple[str, ...]) -> None:
    assert "greylist" in invoke(*words).output or "system_error" in invoke(*words).output


def test_a_client_logs_in_with_the_name_and_password_of_its_address() -> None:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", ui_auth="ann:secret")) as node:
        with pytest.raises(ClientError) as refused:
            Client(node.url).get("rules")
        assert refused.value.status == 401
        assert Client(node.url.replace("://", "://ann:secret@")).get("rules") == {"items": []}
