"""What the two programs say of the same messages, path by path, and where they differ."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.beside.programs import Answer, Pair, Server

ENVELOPE = ("app@example.org", "ann@example.com")
REFUSED = "refused"
GONE = "thrown away"
ID = re.compile(r"[0-9A-Za-z]{20,30}")
# What Mailpit sets before a message, or in place of what is there: the row "adds `Received`".
ADDED = re.compile(
    rb"(?:Bcc: [^\r\n]*\r\n)?(Message-ID: <[^\r\n]*@mailpit>\r\n)?(?:Return-Path: <app@example\.org>\r\n)?"
    rb"Received: from client\.example [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*"
)
REPLACED = [re.compile(rb"^%s:.*\n(?:[ \t].*\n)*" % name, re.I | re.M) for name in (b"Return-Path", b"Bcc")]
ADDED_FIELDS = frozenset({"Bcc", "Message-Id", "Received", "Return-Path"})


View = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One value that is not the same: of which message, where, and what each said, of the rest as well."""

    raw: bytes
    path: str
    theirs: Any
    ours: Any
    views: tuple[View, View]

    def __str__(self) -> str:
        return f"{self.path}: {self.theirs!r:.300} | {self.ours!r:.300}"


def put_in(server: Server, messages: Mapping[str, bytes]) -> dict[str, str]:
    """Put messages in by one SMTP session; their ids by name, or REFUSED, or GONE for what is taken and not kept."""
    found = {}
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client:
        client.ehlo("client.example")
        for name, raw in messages.items():
            client.mail(ENVELOPE[0])
            client.rcpt(ENVELOPE[1])
            assert client.docmd("DATA")[0] == 354
            stuffed = (b"." + raw if raw.startswith(b".") else raw).replace(b"\r\n.", b"\r\n..")
            client.send(stuffed + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"))
            code, words = client.getreply()
            last = words.decode().rpartition(" ")[2]
            found[name] = REFUSED if code != 250 else last if ID.fullmatch(last) else GONE
            client.rset()
    return found


def view(server: Server, public_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is said of one message, by path; what has no path is the same nowhere by its nature."""
    address = f"/api/v1/message/{public_id}"
    answer = server.get(address)
    if answer.status != 200:
        return {"message": answer.status}
    message = answer.json
    source = server.get(f"{address}/raw").body
    added = ADDED.match(source)
    found = {name: value for name, value in message.items() if name not in ("ID", "Read")}
    found["Date"] = "arrival" if message["Date"] == row["Created"] else message["Date"]
    found["raw"] = source[added.end() :] if added else source
    for field in REPLACED:
        found["raw"] = field.sub(b"", found["raw"], count=1)
    found["Size"] = message["Size"] == row["Size"] == len(source)
    found |= {f"row {name}": value for name, value in row.items() if name not in ("ID", "Created", "Size")}
    if added and added[1]:
        found["MessageID"] = found["row MessageID"] = ""
    found |= {f"header {name}": value for name, value in _fields(server.get(f"{address}/headers")) if value}
    found["txt"] = _body(server.get(f"/view/{public_id}.txt"), message["Text"])
    if "cid:" not in message["HTML"].lower():
        found["html"] = _body(server.get(f"/view/{public_id}.html"), message["HTML"])
    for one in (*message["Inline"], *message["Attachments"]):
        part = server.get(f"{address}/part/{one['PartID']}")
        found[f"part {one['PartID']}"] = (
            *(part.status, part.headers.get("content-type"), part.headers.get("content-disposition"), part.body),
        )
    return found


def _fields(answer: Answer) -> Iterator[tuple[str, Any]]:
    if answer.status != 200:
        yield "status", answer.status
        return
    for name, values in answer.json.items():
        if name not in ADDED_FIELDS:
            yield name, values


def _body(answer: Answer, member: str) -> Any:
    """The status and type of a body's own address, and whether it is what the message says."""
    return answer.status, answer.headers.get("content-type"), answer.status == 404 or answer.text == member


def rows(server: Server) -> dict[str, dict[str, Any]]:
    """All rows of the list by id."""
    return {row["ID"]: row for row in server.get("/api/v1/messages?limit=0").json["messages"]}


def differences(both: Pair, messages: Mapping[str, bytes]) -> dict[str, list[Difference]]:
    """Put all messages into both, and return where they differ, by name."""
    names = [put_in(server, messages) for server in both]
    lists = [rows(server) for server in both]
    found = {}
    for name, raw in messages.items():
        theirs, ours = (
            {"kept": ids[name]} if ids[name] in (REFUSED, GONE) else view(server, ids[name], listed[ids[name]])
            for server, ids, listed in zip(both, names, lists, strict=True)
        )
        if "kept" in theirs or "kept" in ours:
            theirs, ours = {"kept": theirs.get("kept")}, {"kept": ours.get("kept")}
        found[name] = [
            Difference(raw, path, theirs.get(path), ours.get(path), (theirs, ours))
            for path in {**theirs, **ours}
            if theirs.get(path) != ours.get(path)
        ]
    return found


def check(both: Pair, messages: Mapping[str, bytes]) -> None:
    """All of these read the same; the row "`Snippet` from the HTML first" is not looked at again."""
    found = differences(both, messages)
    odd = {name: [str(one) for one in some if one.path != "row Snippet"] for name, some in found.items()}
    assert {name: some for name, some in odd.items() if some} == {}
