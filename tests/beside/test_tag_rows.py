"""Where tags differ from Mailpit's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.beside.mailbox import five, letter
from tests.beside.programs import Server, mailpit, pair
from tests.beside.table import differs
from tests.process import ROOT


def newest_tags(server: Server) -> list[str]:
    found: list[str] = server.get("/api/v1/messages?limit=1").json["messages"][0]["Tags"]
    return found


@differs("tagging an unknown message leaves a tag that no message has")
def test_a_tag_of_an_unknown_message(theirs: Server, ours: Server) -> None:
    for server, tags in ((theirs, ["Even", "Ghost"]), (ours, ["Even"])):
        five(server)
        assert server.ask("PUT", "/api/v1/tags", {"IDs": ["nope"], "Tags": ["Ghost"]}).text == "ok"
        assert server.get("/api/v1/tags").json == tags


@differs("a name that is cut at 100 characters may end in a blank")
def test_a_name_that_is_cut_at_a_blank(theirs: Server, ours: Server) -> None:
    body = json.dumps({"IDs": ["ID1"], "Tags": ["x" * 99 + " and more"]}).encode()
    for server, name in ((theirs, "x" * 99 + " "), (ours, "x" * 99)):
        box = five(server)
        box.send("PUT", "/api/v1/tags", body)
        assert box.state()[0][3][2] == [name]


@differs("items of `--tag` and `--tags-config` without match or tags are skipped")
def test_filters_that_do_nothing(tmp_path: Path) -> None:
    file = tmp_path / "tags.yaml"
    file.write_text("filters: [{tags: a}, {match: a}, {match: x, tags: '!!'}, {match: hi, tags: kept}]")
    options = (f"--tags-config={file}", "--tag==a t= !!=a too=hi")
    with mailpit(tmp_path, *options) as theirs:
        theirs.send(letter("x"))
        assert newest_tags(theirs) == ["kept", "too"]
    assert "each filter has a match and tags" in refused(options[0])
    assert "--tag takes tag=match" in refused(options[1])


def refused(option: str) -> str:
    """What ours says to an option that ends the start."""
    line = [sys.executable, "-m", "mailpit_py", "--smtp=127.0.0.1:0", "--listen=127.0.0.1:0", option]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    assert ended.returncode == 2
    return ended.stderr


@differs("a YAML filter with capitals never hits the source", "every plus address gives tags")
def test_capitals_of_a_filter_and_addresses_that_ask_for_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "tags.yaml"
    file.write_text('filters: [{match: "X-Mailer: Acme", tags: acme}]')
    with pair(tmp_path, f"--tags-config={file}") as (theirs, ours):
        for server in (theirs, ours):
            server.send(letter("x", X_Mailer="Acme 2"))
        assert (newest_tags(theirs), newest_tags(ours)) == ([], ["acme"])
        for server in (theirs, ours):
            server.send(letter("x", To="expire+5d@example.com, ann+invoice@example.com"), "ann+invoice@example.com")
        assert (newest_tags(theirs), newest_tags(ours)) == (["5d", "invoice"], ["invoice"])
