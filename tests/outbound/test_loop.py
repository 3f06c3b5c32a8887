"""Two sandboxes that push their reports at each other: it ends after the first."""

from __future__ import annotations

import json
import smtplib
import urllib.request

from mailpit_py.application.sinkbook import SinkSettings
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.storage import AttemptState, SinkKind
from tests.storage.building import eventually

HOUR = 3_600_000_000
FREE = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
# The report goes to an address that asks for a bounce itself, and for each report there is a rule that wants another.
REVERSE_PATH = "ndr+5.1.1@bounce.test"
RULE = {"name": "loop", "stage": "after", "outcome": "ndr+5.1.1", "match": {"recipient": "*+5.1.1@bounce.test"}}
MAIL = b"From: news@app.example\r\nTo: ann@bounce.test\r\nSubject: news\r\nMessage-ID: <1@app.example>\r\n\r\nbody\r\n"


def add_rule(node: Node) -> None:
    asked = urllib.request.Request(
        f"{node.url}api/v2/rules", json.dumps(RULE).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status in (200, 201)


def messages_of(node: Node) -> list[tuple[str, str]]:
    """Source and reverse-path of each message, the oldest first."""
    return [(one.source, one.reverse_path) for one in reversed(node.store.page().items)]


def test_two_sandboxes_that_push_reports_at_each_other_stop_at_depth_one():
    with Node(Config(**FREE)) as first, Node(Config(**FREE)) as second:
        for node, other in ((first, second), (second, first)):
            target = f"127.0.0.1:{other.smtp_port}"
            node.sandbox.sinks.add("default", SinkSettings(kind=SinkKind.SMTP, target=target))
            add_rule(node)
        with smtplib.SMTP("127.0.0.1", first.smtp_port, timeout=30) as client:
            client.sendmail(REVERSE_PATH, ["ndr+unknown_user@bounce.test"], MAIL)
        assert eventually(lambda: len(messages_of(second)) == 1)
        assert eventually(
            lambda: (
                [one.state for one in first.store.agenda.sinks.attempts("default").items] == [AttemptState.DELIVERED]
            )
        )
        for node in (first, second, first, second):
            node.sandbox.scheduler.advance("default", microseconds=6 * 24 * HOUR)
        assert messages_of(first) == [("smtp", REVERSE_PATH), ("report", "")]
        assert messages_of(second) == [("smtp", "")]
        assert second.store.agenda.sinks.attempts("default").items == ()
        (pushed,) = second.store.page().items
        assert b"Action: failed" in (second.store.raw("default", pushed.public_id) or b"")
        [step] = second.store.agenda.plans.of_message("default", pushed.public_id)
        assert (step.state.value, step.reports) == ("skipped", ())
        assert "the reverse-path is null" in step.reason
