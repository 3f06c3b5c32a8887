"""Dialogues byte for byte, from tests/transcripts/smtp: with the fast path and without, in all manners of feeding."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.script import Script, load, matches
from tests.servers.smtp.serving import RawClient, Serve

TRANSCRIPTS = sorted((Path(__file__).parents[2] / "transcripts" / "smtp").glob("*.txt"))


def step_by_step(client: RawClient, script: Script) -> list[str]:
    """Wait for each answer before going on."""
    answers = []
    for step in script.steps:
        client.send(step.sent)
        answers += [client.line().decode() for _ in step.answers]
    return answers


def in_one_buffer(client: RawClient, script: Script) -> list[str]:
    """Say everything at once, then listen."""
    client.send(b"".join(step.sent for step in script.steps))
    return [client.line().decode() for step in script.steps for _ in step.answers]


def in_single_bytes(client: RawClient, script: Script) -> list[str]:
    answers = []
    for step in script.steps:
        for octet in step.sent:
            client.send(bytes([octet]))
        answers += [client.line().decode() for _ in step.answers]
    return answers


@pytest.mark.parametrize("feed", [step_by_step, in_one_buffer, in_single_bytes])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_dialogue_is_as_written(path: Path, feed, serve_each_way: Serve, sandbox: RecordingSandbox) -> None:
    script = load(path)
    sandbox.simulator.rule = script.rule
    sandbox.simulator.use(*script.simulated)
    served = serve_each_way(**script.settings)
    client = served.connect(greeted=False)

    answers = feed(client, script)

    expected = [line for step in script.steps for line in step.answers]
    wrong = [(wanted, got) for wanted, got in zip(expected, answers, strict=True) if not matches(wanted, got)]
    assert not wrong
    if script.is_closed:
        assert client.at_end()
    if script.kept:
        assert sandbox.kept[-1].raw.split(b"\r\n") == script.kept
    if script.keeps_nothing:
        assert sandbox.kept == []
    if script.notes:
        client.close()
        sandbox.wait_for(lambda sandbox: sandbox.closed)
        assert [
            (wanted, got) for wanted, got in zip_longest(script.notes, notes_of(sandbox)) if not is_noted(wanted, got)
        ] == []


def notes_of(sandbox: RecordingSandbox) -> list[str]:
    """What the transcript says of simulation, from its first line to its last."""
    handed = [one.transaction.lines for one in sandbox.in_order] + [sandbox.closed[-1].lines]
    return [line.text for lines in handed for line in lines if line.side == "*" and "simulated" in line.text]


def is_noted(wanted: str | None, got: str | None) -> bool:
    return None not in (wanted, got) and fnmatchcase(got, wanted.replace("[", "[[]"))


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) > 20
