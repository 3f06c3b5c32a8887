"""Transcripts of dialogues, as text.

    # with require_auth=True      a setting of the listener
    # refuse RCPT a@b 550 5.1.1 No such user       what the sandbox answers at a stage (for an address, or `*`)
    C: EHLO me                    a line that the client sends, with CRLF
    C+ abc                        the same without a line end
    # rule {"stage": "mail", "outcome": ...}      a rule, as the API takes it
    S: 250 2.0.0 Ok               a line that the server sends; {id} stands for a public id
    K: Subject: dots              a line of the content kept last, in order
    N: simulated 550 5.1.1: *     a note that the transcript has, in order; `*` stands for anything
    # closed                      the server has closed the connection, or dropped it
    # kept nothing                no message was kept
    # anything else is a comment

In C lines `\\n`, `\\r`, `\\t`, `\\xHH` and `\\\\` are octets.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session
from mailpit_py.simulation.rule import Rule
from mailpit_py.simulation.rule_mapping import load as load_rule
from mailpit_py.simulation.stage import Stage

_ESCAPE = re.compile(rb"\\(n|r|t|\\|x[0-9a-f]{2})")
_OCTETS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}


@dataclass
class Step:
    """What the client sends, and what the server answers to it, line by line."""

    sent: bytes = b""
    answers: list[str] = field(default_factory=list)


@dataclass
class Script:
    settings: dict[str, Any] = field(default_factory=dict)
    rules: list[tuple[Stage, str, Reply]] = field(default_factory=list)
    simulated: list[Rule] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keeps_nothing: bool = False
    steps: list[Step] = field(default_factory=lambda: [Step()])
    kept: list[bytes] = field(default_factory=list)
    is_closed: bool = False

    def rule(
        self, stage: Stage, session: Session, envelope: Envelope | None, recipient: Recipient | None = None
    ) -> Reply | None:
        address = recipient.address if recipient else envelope.reverse_path if envelope else ""
        for at, pattern, reply in self.rules:
            if at is stage and pattern in ("*", address):
                return reply
        return None


def load(path: Path) -> Script:
    script = Script()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        mark, text = line[:3], line[3:]
        if mark in ("C: ", "C:", "C+ "):
            if script.steps[-1].answers:
                script.steps.append(Step())
            script.steps[-1].sent += _octets(text) + (b"" if mark == "C+ " else b"\r\n")
        elif mark in ("S: ", "S:"):
            script.steps[-1].answers.append(text)
        elif mark in ("K: ", "K:"):
            script.kept.append(_octets(text))
        elif mark == "N: ":
            script.notes.append(text)
        elif line.startswith("# rule "):
            script.simulated.append(load_rule(json.loads(line.removeprefix("# rule "))))
        elif line.startswith("#") or not line:
            _directive(script, line[1:].split())
        else:
            raise ValueError(f"{path.name}:{number}: {line}")
    return script


def matches(expected: str, line: str) -> bool:
    pattern = re.escape(expected).replace(r"\{id\}", "[0-9A-Za-z]{22}").replace(r"\{any\}", ".*")
    return re.fullmatch(pattern, line) is not None


def _octets(text: str) -> bytes:
    def octet(match: re.Match[bytes]) -> bytes:
        return _OCTETS.get(match[1]) or bytes([int(match[1][1:], 16)])

    return _ESCAPE.sub(octet, text.encode())


def _directive(script: Script, words: list[str]) -> None:
    match words:
        case ["with", *settings]:
            for setting in settings:
                name, _, value = setting.partition("=")
                script.settings[name] = ast.literal_eval(value)
        case ["refuse", stage, address, code, status, *text]:
            script.rules.append((Stage(stage), address, Reply(int(code), status, " ".join(text))))
        case ["kept", "nothing"]:
            script.keeps_nothing = True
        case ["closed"]:
            script.is_closed = True
