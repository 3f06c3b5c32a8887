"""The catalogue: every cell can be said, keeps SMTP's limits, and fits the provider that says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.address import LOCAL_OCTETS_AT_MOST, parse
from mailpit_py.simulation.catalogue import (
    GENERIC,
    PLACEHOLDERS,
    PROVIDERS,
    entry,
    fit,
    matrix,
    render,
    reply,
    scenario_named,
    temporary,
)
from mailpit_py.simulation.provider.wording import Words
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.scenario import ALIASES, SCENARIOS
from mailpit_py.simulation.stage import Stage

CELLS = list(matrix())


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.scenario.name}-{cell.provider}")
def test_every_cell_is_a_refusal_within_the_limits_of_smtp(cell):
    said = reply(cell.scenario.name, cell.provider, recipient="ann@dest.example", client="198.51.100.7")
    assert 400 <= said.code <= 599
    assert all(len(line.encode()) <= 510 and line.isprintable() and "{" not in line for line in said.lines)
    assert cell.is_permanent is (said.code >= 500)
    assert cell.scenario.explanation.endswith(".")
    assert cell.scenario.advice.endswith(".")


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.local_part)
def test_every_cell_has_an_address(cell):
    plan = parse(f"{cell.local_part}@bounce.example.com").plan
    assert plan.outcome.refusal.words == cell.words
    assert len(f"{cell.local_part}--{'l' * 20}") <= LOCAL_OCTETS_AT_MOST


def test_the_catalogue_is_as_large_as_it_says():
    own = [cell for cell in CELLS if cell.provider != GENERIC]
    assert (len(SCENARIOS), len(PROVIDERS), len(own)) == (65, 15, 98)


def test_aliases_lead_to_scenarios():
    assert all(scenario_named(alias.upper()).name == name for alias, name in ALIASES.items())
    assert not ALIASES.keys() & SCENARIOS.keys()


def test_issue_names_are_scenarios():
    names = ["unknown_user", "mailbox_full", "spam", "policy", "greylisted", "rate_limited", "too_large"]
    assert all(scenario_named(name) for name in names)


@pytest.mark.parametrize(
    ("scenario", "provider", "lines"),
    [
        ("unknown_user", "generic", ["550 5.1.1 <ann@dest.example>: no such mailbox here"]),
        ("unknown_user", "postfix", ["550 5.1.1 <ann@dest.example>: Recipient address rejected: "
                                     "User unknown in virtual mailbox table"]),
        ("unknown_user", "exim", ["550 No Such User Here"]),
        ("user_unknown", "sendmail", ["550 5.1.1 <ann@dest.example>... User unknown"]),
        ("rbl", "postfix", ["554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.org; "
                            "https://www.spamhaus.org/query/ip/198.51.100.7"]),
        ("greylist", "postfix", ["450 4.2.0 <ann@dest.example>: Recipient address rejected: Greylisted, see "
                                 "http://postgrey.schweikert.ch/help/dest.example.html"]),
        ("dmarc", "gmail", ["550-5.7.26 Unauthenticated email from app.example is not accepted due to",
                            "550 5.7.26 domain's DMARC policy. https://support.google.com/mail/?p=DmarcRejection "
                            "{id} - gsmtp"]),
        ("helo", "generic", ["504 5.5.2 HELO command rejected: <localhost> is not a full host name"]),
        ("virus", "gmail", ["554 5.7.0 Virus detected in the message"]),  # gmail has none: generic words
    ],
)  # fmt: skip
def test_a_provider_says_it_in_its_words(scenario, provider, lines):
    said = reply(scenario, provider, recipient="ann@dest.example", client="198.51.100.7")
    shown = [
        line.replace(said.text.rpartition(" - gsmtp")[0].rpartition(" ")[2] or "\0", "{id}") for line in said.lines
    ]
    assert shown == lines


def test_ids_in_replies_depend_on_the_particulars_alone():
    assert reply("unknown_user", "gmail", recipient="a@b.c") == reply("unknown_user", "gmail", recipient="a@b.c")
    assert reply("unknown_user", "gmail", recipient="a@b.c") != reply("unknown_user", "gmail", recipient="x@b.c")
    assert "chosen - gsmtp" in reply("unknown_user", "gmail", id="chosen").text


@pytest.mark.parametrize(("scenario", "provider"), [("nonsense", "gmail"), ("unknown_user", "nonsense")])
def test_unknown_names_are_refused(scenario, provider):
    with pytest.raises(KeyError):
        reply(scenario, provider)


def test_unknown_placeholders_are_refused():
    with pytest.raises(KeyError, match="colour"):
        render(Words(550, "5.1.1", "x"), colour="red")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text(max_size=700)), st.sampled_from(CELLS))
def test_no_particular_can_break_a_reply(values, cell):
    said = reply(cell.scenario.name, cell.provider, **values)
    assert all(len(line) <= 510 and line.isascii() and line.isprintable() for line in said.lines)


def test_a_long_text_is_cut_at_the_limits():
    said = fit(550, "5.0.0", "\n".join(["x" * 600] * 20))
    assert (len(said.lines), {len(line) for line in said.lines}) == (10, {510})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (Words(550, "5.1.1", "x"), (450, "4.1.1")),
        (Words(552, "5.2.2", "x"), (452, "4.2.2")),
        (Words(554, "5.2.2", "x"), (452, "4.2.2")),
        (Words(554, "", "x"), (451, "")),
        (Words(550, "5.7.26", "x", deferred=(421, "4.7.26")), (421, "4.7.26")),
        (Words(421, "4.7.0", "x"), (421, "4.7.0")),
    ],
)
def test_the_temporary_form_of_a_reply(words, expected):
    said = temporary(words)
    assert (said.code, said.status) == expected


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        ("dmarc", "421 4.7.26 Unauthenticated email from"),
        ("spf", "421 4.7.27 Gmail requires senders to authenticate with SPF"),
        ("dkim", "421 4.7.30 Gmail requires senders to authenticate with DKIM"),
        ("ptr", "421 4.7.23 [192.0.2.1] The IP address"),
        ("tls_required", "421 4.7.29 Gmail requires senders to use TLS/SSL"),
        ("spam", "450 4.7.1 [192.0.2.1] message is likely"),
    ],
)
def test_gmail_puts_off_a_first_offence_with_421(scenario, line):
    reply = Refusal(scenario, "gmail", is_temporary=True).reply()
    assert f"{reply.code} {reply.status} {reply.text}".startswith(line)


def test_a_cell_knows_whether_it_is_the_providers_own():
    assert entry("unknown_user", "gmail").is_own
    assert not entry("virus", "gmail").is_own
    assert entry("virus").is_own


@pytest.mark.parametrize(
    ("refusal", "line"),
    [
        (Refusal("mailbox_full"), "452 4.2.2 <nobody@dest.example>: mailbox is full"),
        (Refusal("mailbox_full", is_temporary=True), "452 4.2.2 <nobody@dest.example>: mailbox is full"),
        (Refusal("unknown_user", "exim", is_temporary=True), "450 No Such User Here"),
        (Refusal("unknown_user", code=451), "451 4.1.1 <nobody@dest.example>: no such mailbox here"),
        (Refusal("unknown_user", "exim", code=551), "551 No Such User Here"),
        (Refusal(status="5.1.1"), "550 5.1.1 <nobody@dest.example>: no such mailbox here"),
        (Refusal(status="4.1.1"), "450 4.1.1 <nobody@dest.example>: no such mailbox here"),
        (Refusal(status="5.1.1", provider="exim"), "550 5.1.1 No Such User Here"),
        (Refusal(status="4.7.1"), "451 4.7.1 Greylisted, please try again later"),
        (Refusal(status="5.7.1"), "550 5.7.1 Message rejected due to local policy"),
        (Refusal(status="5.7.26"), "550 5.7.26 Mail from app.example fails its DMARC policy"),
        (Refusal(status="5.2.2"), "552 5.2.2 <nobody@dest.example>: mailbox is full and no longer in use"),
        (Refusal(status="4.3.5"), "451 4.3.5 Server configuration error on this system"),
        (Refusal(status="5.9.9"), "554 5.9.9 Transaction failed"),
        (Refusal(status="4.9.9"), "451 4.9.9 Local error in processing"),
        (Refusal(status="4.2.9"), "450 4.2.9 Mailbox unavailable now"),
        (Refusal(status="5.2.9"), "550 5.2.9 Mailbox unavailable"),
        (Refusal(code=450), "450 4.0.0 Mailbox unavailable now"),
        (Refusal(code=599), "599 5.0.0 Refused on request"),
        (Refusal(code=499), "499 4.0.0 Deferred on request"),
        (Refusal(code=550, status="5.1.6", text="Gone {away}"), "550 5.1.6 Gone {away}"),
    ],
)
def test_a_refusal_finds_its_words(refusal, line):
    assert refusal.reply().lines == (line,)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"scenario": "nonsense"},
        {"scenario": "spam", "provider": "nonsense"},
        {"code": 399},
        {"code": 600},
        {"status": "2.1.1"},
        {"status": "5.1"},
        {"code": 550, "status": "4.1.1"},
        {"code": 550, "text": "x" * 5001},
    ],
)
def test_a_refusal_that_nobody_can_say_does_not_exist(wrong):
    with pytest.raises(ValueError, match=r"."):
        Refusal(**wrong)


def test_a_refusal_keeps_the_provider_that_it_names():
    assert Refusal("spam").spoken_by("gmail").provider == "gmail"
    assert Refusal("spam", "exim").spoken_by("gmail").provider == "exim"
    assert Refusal("spam").spoken_by("").provider == ""


def test_by_address_nothing_is_said_before_rcpt():
    assert entry("blocked_ip", "m365").words.stage is Stage.MAIL
