"""The address grammar: every documented address, every slip, and what must stay ordinary mail."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.address import LOCAL_OCTETS_AT_MOST, own_domain, parse
from mailpit_py.simulation.explain import explain
from mailpit_py.simulation.outcome import (
    Accept,
    Discard,
    Drop,
    Greylist,
    Later,
    Moment,
    Quota,
    Rate,
    Raw,
    Refuse,
    Report,
    Silence,
    SizeLimit,
    Throttle,
)
from mailpit_py.simulation.plan import VERBS
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.token import STYLES, WORDS

from .ordinary import ORDINARY

OWN = "bounce.example.com"
R, D, C, A = Stage.RCPT, Stage.DATA, Stage.CONTENT, Stage.AFTER


def refuse(scenario="", **more):
    return Refuse(Refusal(scenario, **more))


# local part, stage, outcome: on the own domains
DOCUMENTED = [
    ("bounce", R, refuse("unknown_user")),
    ("bounce+5.1.1", R, refuse(status="5.1.1")),
    ("bounce+4.2.2", R, refuse(status="4.2.2")),
    ("bounce+unknown_user", R, refuse("unknown_user")),
    ("bounce+mailbox_full+gmail", R, refuse("mailbox_full", provider="gmail")),
    ("bounce+gmail+mailbox_full", R, refuse("mailbox_full", provider="gmail")),
    ("bounce+mailbox_full+m365", C, refuse("mailbox_full", provider="m365")),
    ("bounce+gmail", R, refuse("unknown_user", provider="gmail")),
    ("bounce+spam", C, refuse("spam")),
    ("bounce+spam+rcpt", R, refuse("spam")),
    ("bounce+policy+data", D, refuse("policy")),
    ("bounce+unknown_user+content", C, refuse("unknown_user")),
    ("bounce+unknown_user+end_of_data", C, refuse("unknown_user")),
    ("bounce+greylist", R, refuse("greylisted")),
    ("bounce+550", R, refuse(code=550)),
    ("bounce+550+No%20such+user", R, refuse(code=550, text="No such user")),
    ("bounce+451+greylisted+please+wait", R, refuse(code=451, text="greylisted please wait")),
    ("bounce+552+5.2.2+It+is+full", R, refuse(code=552, status="5.2.2", text="It is full")),
    ("bounce+552+4.2.2+x", R, refuse(code=552, text="4.2.2 x")),
    ("bounce+421+bye", R, refuse(code=421, text="bye")),
    ("bounce+unknown_user+5s", R, Silence(5, Refuse(Refusal("unknown_user")))),
    ("bounce+unknown_user+ndr", A, Later(Report.FAILURE, Refusal("unknown_user"))),
    ("bounce+unknown_user+ndr+5s+m365", A, Later(Report.FAILURE, Refusal("unknown_user", "m365"), 5)),
    ("defer", R, refuse("system_error", is_temporary=True)),
    ("defer+4.2.2", R, refuse(status="4.2.2", is_temporary=True)),
    ("defer+unknown_user", R, refuse("unknown_user", is_temporary=True)),
    ("defer+450+later", R, refuse(code=450, text="later", is_temporary=True)),
    ("greylist", R, Greylist(Refusal("greylisted"))),
    ("greylist+x2", R, Greylist(Refusal("greylisted"), times=2)),
    ("greylist+30s", R, Greylist(Refusal("greylisted"), wait=30)),
    ("greylist+x2+1d+postfix", R, Greylist(Refusal("greylisted", "postfix"), 2, 86_400, 172_800)),
    ("full", R, refuse("mailbox_full")),
    ("full+m365", C, refuse("mailbox_full", provider="m365")),
    ("full+3msgs", R, Quota(Refusal("mailbox_full"), messages=3, times=1)),
    ("full+1msg", R, Quota(Refusal("mailbox_full"), messages=1, times=1)),
    ("full+3msgs+x5", R, Quota(Refusal("mailbox_full"), messages=3, times=5)),
    ("full+10kb+5.2.2", R, Quota(Refusal(status="5.2.2"), size_bytes=10_240, times=1)),
    ("limit", R, SizeLimit(10_240)),
    ("limit+1mb", R, SizeLimit(1 << 20)),
    ("rate", R, Rate(1, 60)),
    ("rate+5msgs+1h", R, Rate(5, 3600)),
    ("drop", D, Drop(Moment.MID_DATA)),
    ("drop+data", D, Drop(Moment.MID_DATA)),
    ("drop+rcpt", R, Drop(Moment.BEFORE_REPLY)),
    ("drop+content", C, Drop(Moment.AFTER_CONTENT)),
    ("drop+content+kept", C, Drop(Moment.AFTER_CONTENT, keeps=True)),
    ("slow", R, Silence(10)),
    ("slow+10s", R, Silence(10)),
    ("slow+500ms", R, Silence(0.5)),
    ("slow+5m", R, Silence(300)),
    ("slow+2s+content", C, Silence(2)),
    ("slow+1000bps", D, Throttle(1000)),
    ("discard", C, Discard()),
    ("success", R, Accept()),
    ("ndr", A, Later(Report.FAILURE, Refusal("unknown_user"))),
    ("ndr+5.1.1+5s", A, Later(Report.FAILURE, Refusal(status="5.1.1"), 5)),
    ("delay", A, Later(Report.DELAY, Refusal("conn_timeout", is_temporary=True), 14_400)),
    ("delay+24h", A, Later(Report.DELAY, Refusal("conn_timeout", is_temporary=True), 86_400)),
    ("ooo", A, Later(Report.AUTO_REPLY)),
    ("complaint", A, Later(Report.COMPLAINT)),
    ("complaint+1h", A, Later(Report.COMPLAINT, None, 3600)),
    ("dsn", A, Later(Report.SUCCESS)),
    ("challenge", A, Later(Report.CHALLENGE)),
]


@pytest.mark.parametrize(
    ("quoted", "bare"),
    [
        (f'"bounce+5.1.1"@{OWN}', f"bounce+5.1.1@{OWN}"),
        (f'"bounce\\+5.1.1--a"@{OWN}', f"bounce+5.1.1--a@{OWN}"),
        (f'"bounce+550+go away"@{OWN}', f"bounce+550+go%20away@{OWN}"),
        (f'"postmaster"@{OWN}', f"postmaster@{OWN}"),
    ],
)
def test_a_quoted_local_part_is_the_same_mailbox(quoted, bare):
    assert parse(quoted) == parse(bare)


@pytest.mark.parametrize("local", ['"', '""', '"a b"', '"bounce', 'bounce"'])
def test_a_quoted_slip_is_answered_as_any_slip(local):
    assert parse(f"{local}@{OWN}").error is not None


@pytest.mark.parametrize(("local", "stage", "outcome"), DOCUMENTED)
def test_a_documented_address_means_what_the_document_says(local, stage, outcome):
    plan = parse(f"{local}@{OWN}").plan
    assert (plan.stage, plan.outcome) == (stage, outcome)


@pytest.mark.parametrize("style", STYLES)
def test_each_style_of_a_faulty_reply_has_its_octets(style):
    plan = parse(f"garble+{style}@{OWN}").plan
    assert isinstance(plan.outcome, Raw)
    assert parse(f"garble@{OWN}").plan.outcome == parse(f"garble+nocode@{OWN}").plan.outcome


@pytest.mark.parametrize(
    ("local", "percent", "seed", "times"),
    [
        ("bounce+spam+p30+s42", 30, 42, 0),
        ("bounce+unknown_user+x2", 100, None, 2),
        ("bounce+unknown_user+p0+s0+x3", 0, 0, 3),
        ("bounce+p100", 100, None, 0),
        ("bounce+x2+451+try+later", 100, None, 2),
        ("greylist+x2", 100, None, 0),  # the greylist counts by itself
    ],
)
def test_dice_and_tries_are_read(local, percent, seed, times):
    plan = parse(f"{local}@{OWN}").plan
    assert (plan.percent, plan.seed, plan.times) == (percent, seed, times)


@pytest.mark.parametrize("local", [local for local, *_ in DOCUMENTED])
def test_a_documented_address_keeps_its_length_with_a_label_of_twenty(local):
    assert len(f"{local}--{'l' * 20}".encode()) <= LOCAL_OCTETS_AT_MOST


@pytest.mark.parametrize("local", [local for local, *_ in DOCUMENTED if "+550" not in local and "+552" not in local])
def test_case_does_not_matter(local):
    plain = parse(f"{local}@{OWN}").plan
    shouted = parse(f"{local}@{OWN}".upper()).plan
    if plain.outcome != shouted.outcome:  # a text keeps its case
        assert plain.outcome.refusal.text.upper() == shouted.outcome.refusal.text
    assert (plain.stage, plain.percent, plain.times) == (shouted.stage, shouted.percent, shouted.times)


@pytest.mark.parametrize("label", ["a", "run-7--b", "x2", "order.17", "ä"])
def test_a_label_is_kept_and_changes_nothing(label):
    plan = parse(f"bounce+spam--{label}@{OWN}").plan
    assert plan.label == label
    assert plan.outcome == parse(f"bounce+spam@{OWN}").plan.outcome


@pytest.mark.parametrize(
    ("dashed", "plain"),
    [
        ("bounce-unknown_user-x2", "bounce+unknown_user+x2"),
        ("greylist-30s--label-1", "greylist+30s--label-1"),
        ("bounce-550-user-gone", "bounce+550+user+gone"),
        ("drop-content-kept", "drop+content+kept"),
    ],
)
def test_dashes_stand_for_plus_on_the_own_domains(dashed, plain):
    assert parse(f"{dashed}@{OWN}") == parse(f"{plain}@{OWN}")


@pytest.mark.parametrize(
    ("local", "reason", "meant"),
    [
        ("bonce+spam", "no verb is called bonce", "bounce+spam@"),
        ("bounce+spma", "spma is not understood", "bounce+spam@"),
        ("bounce+unknown-user", "unknown-user is not understood", "bounce+unknown_user@"),
        ("bounce+mailboxfull+gmail--l", "mailboxfull is not understood", "bounce+mailbox_full+gmail--l@"),
        ("bounce.5.1.1", "no verb is called bounce.5.1.1", "an address such as"),
        ("bounce-spam+x2", "no verb is called bounce-spam", "an address such as"),
        ("bounce+6.1.1", "6.1.1 is not understood", "an address such as"),
        ("bounce+5.1", "5.1 is not understood", "an address such as"),
        ("bounce+", "a word is missing", "an address such as bounce+mailbox_full+gmail@"),
        ("bounce++spam", "a word is missing", "an address such as"),
        ("bounce+spam+unknown_user", "two of a kind: spam and unknown_user", "an address such as"),
        ("bounce+x2+x3", "two of a kind: x2 and x3", "an address such as"),
        ("bounce+x0", "x0 is not understood", "an address such as"),
        ("bounce+p101", "p101 is not understood", "an address such as"),
        ("bounce+spam+550+no", "spam and 550 are two causes", "an address such as"),
        ("bounce+5.1.1+550", "5.1.1 and 550 are two causes", "an address such as"),
        ("bounce+250+fine", "250 is not a refusal", "an address such as"),
        ("bounce+unknown_user+10m", "a pause has at most 300s", "an address such as"),
        ("bounce+3msgs", "bounce takes no number of messages", "an address such as"),
        ("bounce+lf", "bounce takes no style", "an address such as"),
        ("defer+5.2.2", "defer is for 4xx, bounce for 5xx", "an address such as defer+4.2.2@"),
        ("defer+550", "defer is for 4xx, bounce for 5xx", "an address such as defer+4.2.2@"),
        ("greylist+p30", "greylist takes no probability", "an address such as"),
        ("greylist+9999d", "wait must be from 0 to 604800", "an address such as"),
        ("full+10s", "full takes no duration", "an address such as"),
        ("rate+1msgs+0s", "per must be from 0.001", "an address such as"),
        ("drop+550", "drop takes no code", "an address such as drop+data@"),
        ("drop+kept", "kept goes with content", "an address such as"),
        ("slow+301s", "a pause has at most 300s", "an address such as"),
        ("success+x2", "success takes no number of tries", "an address such as success@"),
        ("ndr+400d", "delay must be from 0", "an address such as"),
        ("ann", "no verb is called ann", "an address such as bounce+mailbox_full@"),
        ("bounce+spam--", "the label after -- is empty", "bounce+spam@"),
        ("--label", "there is no verb", "an address such as"),
        ("", "there is no verb", "an address such as"),
    ],
)
def test_a_slip_on_an_own_domain_is_answered_with_the_right_form(local, reason, meant):
    parsed = parse(f"{local}@{OWN}")
    assert parsed.plan is None
    assert (parsed.error.code, parsed.error.status) == (501, "5.1.3")
    assert reason in parsed.error.text
    assert f"did you mean {meant}" in parsed.error.text


@pytest.mark.parametrize("address", ORDINARY)
def test_a_plausible_address_is_ordinary_mail(address):
    assert parse(address).is_ordinary


def test_there_are_two_hundred_plausible_addresses():
    assert len(set(ORDINARY)) >= 200


@pytest.mark.parametrize(
    "local",
    [
        "bounce+5.1.1",
        "bounce+mailbox_full+gmail",
        "defer+4.2.2",
        "greylist+x2",
        "greylist+30s",
        "full+3msgs",
        "limit+10kb",
        "rate+5msgs",
        "drop+data",
        "slow+10s",
        "garble+lf",
        "discard+p50",
        "bounce+550+no+such+user",
        "bounce+451",
        "bounce+unknown_user+x2--label",
        "bounce+unknown_user+ndr+5s",
        "ndr+5.1.1",
        "delay+24h",
    ],
)
def test_anywhere_else_a_verb_with_a_cause_acts(local):
    assert parse(f"{local}@customer.example").plan == parse(f"{local}@{OWN}").plan


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("bounce+spma@acme.example", "bounce+spam@acme.example"),
        ("bounce-5.1.1@acme.example", "bounce+5.1.1@acme.example"),
        ("bounce+gmail@acme.example", "bounce+mailbox_full+gmail@acme.example"),
        ("bounce+x2@acme.example", "bounce+mailbox_full+gmail@acme.example"),
        ("full+3mgs@acme.example", ""),
        ("greylist+2@acme.example", "greylist+x2@acme.example"),
        ("expire+3@acme.example", "expire+3d@acme.example"),
        ("slow+30@acme.example", "slow+30s@acme.example"),
        ("rate+5+60@acme.example", ""),
        ("bounce+2@acme.example", ""),
        ("greylits+x2@acme.example", "greylist+x2@acme.example"),
        ("bounces+mailbox_full+gmail--Run7@acme.example", "bounce+mailbox_full+gmail--Run7@acme.example"),
        ("bunce+550+No+Such@acme.example", "bounce+550+No+Such@acme.example"),
        ("bouncd+5.1.1+jane@acme.example", ""),
        ("bouncd--5+5.1.1@acme.example", ""),
        ("ann+5.1.1@acme.example", ""),
        ("ann+x2@acme.example", ""),
        ("+5.1.1@acme.example", ""),
        ("bouncd+5.1.1@", ""),
        ("bounce+jane@acme.example", ""),
        ("full-moon@acme.example", ""),
        ("success+team@acme.example", ""),
    ],
)
def test_a_near_miss_elsewhere_is_accepted_with_a_hint(address, meant):
    hint = parse(address).hint
    assert hint == (f"This looks like a simulation address. Did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("bounce@gmail.bounce.example.com", "gmail"),
        ("bounce@mx.m365.bounce.test", "m365"),
        ("bounce+exim@gmail.bounce.test", "exim"),
        ("bounce@nobody.bounce.test", ""),
    ],
)
def test_a_subdomain_may_name_the_provider(address, provider):
    plan = parse(address).plan
    assert plan.outcome.refusal.provider == provider


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("bounce.test", "bounce.test"),
        ("a.b.bounce.test", "bounce.test"),
        ("bounce.example.com", "bounce.example.com"),
        ("xbounce.test", None),
        ("example.com", None),
        ("", None),
    ],
)
def test_own_domains_are_these_and_all_below(domain, expected):
    assert own_domain(domain) == expected


def test_more_domains_can_be_own():
    assert parse("nonsense@fail.acme.example").is_ordinary
    assert parse("nonsense@fail.acme.example", ("acme.example",)).error
    assert parse("bounce@acme.example.", ("acme.example",)).plan


@pytest.mark.parametrize("local", ["postmaster", "Abuse"])
def test_what_every_domain_must_have_is_no_slip(local):
    assert parse(f"{local}@{OWN}").is_ordinary


@pytest.mark.parametrize("text", ["%0D%0A250+fine", "a%00b", "%C3%A4", "%zz", "x" * 3000, "%0A" * 40])
def test_free_text_cannot_break_the_reply(text):
    reply = parse(f"bounce+550+{text}@{OWN}").plan.outcome.refusal.reply()
    assert all(line.startswith("550") and len(line) <= 510 and line.isprintable() for line in reply.lines)
    assert len(reply.lines) <= 10


LOCALS = st.one_of(
    st.text(string.printable, max_size=70),
    st.lists(
        st.sampled_from(
            [*VERBS, *WORDS, "5.1.1", "4.2.2", "550", "250", "p30", "s42", "x2", "10s", "3msgs", "1kb",
             "9bps", "", "%0A", "jane", "=", "--", "--l"]
        ),
        max_size=6,
    ).map("+".join),
)  # fmt: skip
DOMAINS = st.sampled_from([OWN, "gmail.bounce.test", "acme.example", "x.gmail.test", "simulator.amazonses.com", ""])


@settings(deadline=None)
@given(LOCALS, DOMAINS)
def test_the_grammar_never_raises_and_explain_agrees_with_it(local, domain):
    address = f"{local}@{domain}"
    parsed, explained = parse(address), explain(address)
    if parsed.plan:
        assert explained.acts
        assert explained.label == parsed.plan.label
    if parsed.error:
        assert explained.reply == parsed.error
        assert not explained.acts
    if explained.acts and explained.reply:
        assert explained.reply.code >= 400
    assert explained.sentences


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_address_to_the_grammar(text):
    assert explain(text).address == text
