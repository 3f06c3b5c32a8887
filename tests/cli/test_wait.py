"""`mailpit-py wait` in a script: the exit code is the answer."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from mailpit_py.node import Node
from tests.api.conftest import Mail
from tests.cli.conftest import Run


@pytest.fixture
def mail(node: Node) -> Mail:
    return Mail(node.sandbox)


def test_it_prints_the_id_and_ends_with_0(run: Run, mail: Mail) -> None:
    public_id = mail.receive()
    done = run("wait", "--to", "bob@example.com", "--subject", "Hello", "--header", "Message-ID")
    assert (done.exit_code, done.output) == (0, f"{public_id}\n")


def test_it_ends_with_1_and_says_what_came_instead(run: Run, mail: Mail) -> None:
    public_id = mail.receive()
    done = run("wait", "--to", "ann@example.com", "--timeout", "0")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "nothing came within 0.0 s: to ann@example.com",
        f"  'Hello' to bob@example.com ({public_id})",
        "    to: 'ann@example.com' is not in 'Bob <bob@example.com>, bob@example.com'",
    ]


def test_a_refused_mail_is_part_of_the_answer(run: Run, mail: Mail) -> None:
    mail.refuse()
    done = run("wait", "--since", "", "--timeout", "0")
    assert done.exit_code == 1
    assert "  refused at RCPT: 550 5.1.1 unknown user" in done.stderr


@pytest.mark.parametrize(("words", "code"), [(("--none",), 1), (("--none", "--subject", "x", "--timeout", "0"), 0)])
def test_nothing_can_be_what_is_waited_for(run: Run, mail: Mail, words: tuple[str, ...], code: int) -> None:
    mail.receive()
    assert run("wait", *words).exit_code == code


@pytest.mark.parametrize(
    "words",
    [("--count", "0"), ("--timeout", "soon"), ("--since", "yesterday"), ("--query", "larger:x"), ("--subjcet", "x")],
)
def test_what_cannot_be_asked_ends_with_2(run: Run, mail: Mail, words: tuple[str, ...]) -> None:
    assert run("wait", *words).exit_code == 2


def test_no_sandbox_is_not_a_time_out(run: Run) -> None:
    done = run("wait", "--url", "http://127.0.0.1:9/")
    assert done.exit_code == 2
    assert "no sandbox answers" in done.output


def test_json_is_the_answer_of_the_api(run: Run, mail: Mail) -> None:
    mail.receive()
    assert '"found": true' in run("wait", "--json").output


@pytest.mark.parametrize(
    ("words", "failures"), [(("--subject", "Hello"), 0), (("--subject", "\x01", "--timeout=0"), 1)]
)
def test_a_report_for_ci_is_written(
    run: Run, mail: Mail, tmp_path: Path, words: tuple[str, ...], failures: int
) -> None:
    mail.receive()
    run("wait", "--junit", str(tmp_path / "report.xml"), *words)
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("1", str(failures))
    assert len(suite.findall("testcase/failure")) == failures
