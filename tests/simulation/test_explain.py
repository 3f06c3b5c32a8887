"""Explanations: plain words for every kind of address."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.explain import explain
from mailpit_py.simulation.plan import VERBS
from mailpit_py.simulation.token import STYLES, duration_text, size_text

DOCUMENT = (Path(__file__).parents[2] / "docs" / "simulation-addresses.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("local", "said"),
    [
        ("bounce", "It acts at RCPT, when the recipient is named. The reply is a refusal. Nobody with this name"),
        ("bounce+spam", "It acts at the end of the content."),
        ("bounce+unknown_user+5s", "The server says nothing for 5s and the reply is a refusal."),
        ("bounce+450", "The reply is a refusal. Every try meets the same."),
        ("bounce+spam+p30", "It happens to 30 in 100 tries, chosen by the seed."),
        ("bounce+spam+p30+x2", "With a chance of 30 in 100 it begins: it happens to 2 tries in a row"),
        ("greylist", "Refused: the first try. The next is accepted, then it begins anew."),
        ("greylist+x2+30s", "Refused: the first 2 tries, and any within 30s of the first."),
        ("full+3msgs", "The mailbox takes 3 messages and is full then. Refused after that: 1 try; then"),
        ("full+3msgs+1kb", "The mailbox takes 3 messages or 1kb and is full then."),
        ("limit+10kb", "Messages larger than 10kb are refused."),
        ("rate+5msgs+1h", "5 in 1h are accepted, more are refused until the span is over."),
        ("drop+data", "at DATA, when the content begins. The connection is closed in the middle of the content."),
        ("drop+content+kept", "before its reply. The message is kept all the same."),
        ("slow+10s", "The server says nothing for 10s. Every try"),
        ("slow+1000bps", "The content is read at 1000b a second."),
        ("garble", r"In place of a reply these octets are sent: Mailbox unavailable\r\n Every try"),
        ("garble+binary", r"are sent: 550 5.1.1 \xff\xfe\x00\x80 not text\r\n Every try"),
        ("garble+longline", "long long ... Every try"),
        ("bounce+spam+x1", "It happens to one try, the next passes, then it begins anew."),
        ("discard", "The message is accepted and nothing of it is kept."),
        ("success", "The message is accepted."),
        ("ndr+5s", "The message is accepted, then a bounce message follows after 5s."),
        ("complaint", "The message is accepted, then a complaint report follows at once."),
    ],
)  # fmt: skip
def test_an_address_is_explained(local, said):
    explained = explain(f"{local}--l@bounce.test")
    assert said in " ".join(explained.sentences)
    assert (explained.acts, explained.label) == (True, "l")


def test_an_explanation_has_parts_for_programs():
    explained = explain("bounce+mailbox_full--run-7@x.m365.test")
    assert (explained.verb, explained.stage, explained.scenario, explained.provider, explained.label) == (
        "bounce",
        "CONTENT",
        "mailbox_full",
        "m365",
        "run-7",
    )
    assert explained.reply.code == 554


def test_while_reports_cannot_be_made_the_explanation_says_what_happens_instead():
    assert explain("ndr+5.1.1@bounce.test", Configuration(reports=False)).stage == "RCPT"
    assert explain("ndr+5.1.1@bounce.test").stage == "AFTER"


@pytest.mark.parametrize(
    ("address", "said", "hint"),
    [
        ("ann@acme.example", "This is ordinary mail: it is accepted.", ""),
        ("bounce+spma@acme.example", "This is ordinary mail", "Did you mean bounce+spam@acme.example?"),
        ("bounce+spma@bounce.test", "RCPT is answered 501", "did you mean bounce+spam@bounce.test?"),
        ("bounce@simulator.amazonses.com", "accepted, then a bounce message follows at once", ""),
    ],
)
def test_other_addresses_are_explained_too(address, said, hint):
    explained = explain(address)
    assert said in " ".join(explained.sentences)
    assert explained.hint.endswith(hint)


def test_with_the_grammar_off_everything_is_ordinary():
    explained = explain("bounce@bounce.test", Configuration(grammar=False))
    assert (explained.acts, explained.sentences) == (
        False,
        ("Simulation addresses are switched off: this is ordinary mail.",),
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(86_400, "1d"), (90, "90s"), (0.25, "250ms"), (3600, "1h"), (0, "0ms"), (1.5, "1500ms")]
)
def test_durations_are_written_as_tokens(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(1, "1b"), (1024, "1kb"), (1 << 20, "1mb"), (1025, "1025b"), (0, "0b")])
def test_sizes_are_written_as_tokens(size, text):
    assert size_text(size) == text


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_the_document_has_the_row_of_each_verb(verb):
    row = f"| `{verb.name}` | `{verb.example}` | {verb.stage} | {verb.says} | {verb.default} | {verb.second} |"
    assert row in DOCUMENT


@pytest.mark.parametrize("style", STYLES)
def test_the_document_names_each_style(style):
    assert f'"{style}"' in DOCUMENT


def test_the_documents_examples_do_what_it_says():
    """Each line of the document's example table: an address and the reply that it gets, or `accepted`."""
    rows = [line.split("|")[1:3] for line in DOCUMENT.splitlines() if line.startswith("| `") and "@" in line]
    assert len(rows) > 15
    for address, expected in rows:
        explained = explain(address.strip(" `"))
        said = explained.reply.lines[-1] if explained.reply else "accepted"
        assert expected.strip(" `") in said, address
