"""What both tell of themselves: numbers, what the page may offer, and whether they are well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.beside.mailbox import five, letter
from tests.beside.programs import Answer, Pair, Server, pair

RELAY = """
host: 127.0.0.1
port: 2525
return-path: back@example.org
allowed-recipients: "@example\\\\.com$"
blocked-recipients: "^no@"
override-from: from@example.org
preserve-message-ids: true
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("numbers")
    relay = folder / "relay.yaml"
    relay.write_text(RELAY)
    options = ("--label= Zoë  test ", "--enable-prometheus=true", "--enable-chaos", "--ignore-duplicate-ids")
    with pair(folder, *options, "--hide-delete-all-button", f"--smtp-relay-config={relay}") as servers:
        yield servers


def shown(answer: Answer) -> tuple[Any, ...]:
    return answer.status, answer.headers.get("content-type"), answer.body


def test_what_the_page_may_offer_is_the_same_to_the_octet(theirs: Server, ours: Server) -> None:
    assert shown(ours.get("/api/v1/webui")) == shown(theirs.get("/api/v1/webui"))


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_probes_are_the_same(theirs: Server, ours: Server, method: str, path: str) -> None:
    assert shown(ours.ask(method, path)) == shown(theirs.ask(method, path))


def test_the_numbers_are_the_same(theirs: Server, ours: Server) -> None:
    def told(server: Server) -> dict[str, Any]:
        box = five(server)
        server.send(letter("same", Message_ID="<same@example.org>"), "ann@example.com", "bob@example.com")
        for _ in range(2):
            server.ask("POST", "/api/v1/send", {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}]})
        box.send("DELETE", "/api/v1/messages", b'{"IDs":["ID0","ID1"]}')
        server.ask("DELETE", "/api/v1/search?query=subject:same")
        info = server.get("/api/v1/info").json
        statistics = info["RuntimeStats"]
        # These are each program's own; the size is that of what is stored, which has a row in the table.
        own = [info.pop(name) for name in ("Version", "Database", "DatabaseSize")]
        own += [statistics.pop(name) for name in ("Uptime", "Memory", "SMTPAcceptedSize")]
        assert [type(one) for one in own] == [str, str, int, int, int, int]
        return {"names": list(info), **info}

    assert told(ours) == told(theirs)


def test_the_metrics_have_the_same_names_and_types(theirs: Server, ours: Server) -> None:
    def told(server: Server) -> tuple[Any, ...]:
        answer = server.get("/metrics")
        names = re.findall(r"^(mailpit_\w+)(?:\{.*\})? [\d.e+]+$", answer.text, re.MULTILINE)
        types = re.findall(r"^# TYPE .*$", answer.text, re.MULTILINE)
        helped = re.findall(r"^# HELP (\w+) \S", answer.text, re.MULTILINE)  # the words are each program's own
        return answer.status, answer.headers["content-type"], [one for one in names if "tag" not in one], types, helped

    assert told(ours) == told(theirs)


def test_mail_that_is_not_kept_is_counted_alike(theirs: Server, ours: Server) -> None:
    def moved(server: Server) -> dict[str, int]:
        before = server.get("/api/v1/info").json["RuntimeStats"]
        sent = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}], "Headers": {"Message-ID": "<1@b.test>"}}
        ids = [server.ask("POST", "/api/v1/send", sent).json["ID"] for _ in range(3)]
        assert [bool(one) for one in ids] == [True, False, False]
        after = server.get("/api/v1/info").json["RuntimeStats"]
        return {name: after[name] - before[name] for name in ("SMTPAccepted", "SMTPRejected", "SMTPIgnored")}

    assert moved(ours) == moved(theirs)
