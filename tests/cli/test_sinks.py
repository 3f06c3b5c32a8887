"""Sinks of a running sandbox from the command line."""

from __future__ import annotations

import json

from mailpit_py.node import Node
from tests.cli.conftest import Run


def test_sinks_are_added_listed_switched_and_deleted(run: Run) -> None:
    push = run("sinks", "add", "smtp", "localhost:2525").output.strip()
    hook = run("sinks", "add", "sendgrid", "http://a:b@localhost:8000/hook", "--event", "bounced").output.strip()
    assert run("sinks", "list").output.splitlines() == [
        f"{push}  smtp      localhost:2525",
        f"{hook}  sendgrid  http://localhost:8000/hook",
    ]
    assert run("sinks", "switch", hook, "off").exit_code == 0
    assert json.loads(run("sinks", "list", "--json").output)["items"][1]["enabled"] is False
    assert run("sinks", "delete", push).exit_code == run("sinks", "delete", hook).exit_code == 0
    assert run("sinks", "list").output == ""


def test_what_the_operator_does_not_allow_is_told(run: Run) -> None:
    refused = run("sinks", "add", "sendgrid", "http://169.254.169.254/")
    assert refused.exit_code == 1
    assert (
        "target: 169.254.169.254 is outside the range that --outbound-allow gives (loopback, private)" in refused.output
    )


def test_an_attempt_is_listed_shown_and_replayed(run: Run, node: Node) -> None:
    node.sandbox.clock.freeze("default")
    sink = run("sinks", "add", "ses", "http://localhost:8000/ses").output.strip()
    [attempt] = json.loads(run("sinks", "attempts", "--sink", sink, "--json").output)["items"]
    assert "subscription_confirmation" in run("sinks", "attempts", "--sink", sink).output
    assert run("sinks", "show", attempt["id"]).output.startswith(attempt["id"])
    assert json.loads(run("sinks", "show", attempt["id"], "--json").output)["stable_id"] == attempt["stable_id"]
    assert run("sinks", "replay", attempt["id"]).exit_code == 0
    assert run("sinks", "replay", "x" * 22).exit_code == 1
    assert "waits until the app has confirmed" in run("sinks", "list").output


def test_the_keys_are_shown_for_pasting(run: Run, node: Node) -> None:
    keys = node.sandbox.sinks.keys
    assert run("sinks", "keys", "sendgrid").output == f"{keys.public_key}\n"
    assert run("sinks", "keys", "mailgun").output == f"{keys.secret('mailgun')}\n"
    assert run("sinks", "keys", "ses").output == keys.certificate.decode()
    table = run("sinks", "keys").output
    assert f"{node.url}sns/{keys.certificate_name}" in table
    assert "not signed" in table
    assert run("sinks", "keys", "pigeon").exit_code == 2


def test_a_sink_is_tried_and_who_gets_complaints_is_set(run: Run, node: Node) -> None:
    sink = run("sinks", "add", "smtp", "localhost:2525").output.strip()
    said = run("sinks", "try", sink, "--reverse-path", "b@app.example").output
    message = said.rpartition(" ")[2].strip()
    assert said.startswith("bounced: see mailpit-py sinks attempts --message ")
    assert node.store.message("default", message)
    assert run("sinks", "feedback").output == "abuse@ the domain of each reverse-path\n"
    assert run("sinks", "feedback", "fbl@app.example").output == "fbl@app.example\n"
    assert run("sinks", "feedback").output == "fbl@app.example\n"
    assert run("sinks", "feedback", "nobody").exit_code == 1
    assert run("sinks", "feedback", "").exit_code == 0
    assert run("sinks", "delete", sink).exit_code == 0
