"""Every dialect, every failure, read by the bounce parsers that applications really use."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from mailpit_py.reports import DIALECTS, Action, build_dsn
from tests.reports import oracle
from tests.reports.scenarios import FAILURES, failed, report, told

NOBODY = "nobody@dest.example"
STANDARD = [name for name, dialect in DIALECTS.items() if dialect.is_standard]
WARNING = [name for name, dialect in DIALECTS.items() if Action.DELAYED in dialect.actions]
FAILED = [(dialect, failure.name) for dialect in DIALECTS for failure in FAILURES]
OTHERS = [(name, action) for name, dialect in DIALECTS.items() for action in sorted(dialect.actions - {Action.FAILED})]

AGENTS = {
    "rfc": "RFC3464",
    "postfix": "Postfix",
    "exim": "Exim",
    "exim_classic": "Exim",
    "sendmail": "Sendmail",
    "qmail": "qmail",
    "opensmtpd": "OpenSMTPD",
    "gmail": "GSuite",
    "gmail_classic": "Gmail",
    "m365": "Office365",
    "outlook": "Outlook",
    "yahoo": "Yahoo",
    "ses": "AmazonSES",
    "barracuda": "Barracuda",
}
REASONS = {
    "unknown_user": "userunknown",
    "mailbox_full": "mailboxfull",
    "disabled": "suspend",
    "spam": "securityerror",
    "too_large": "mesgtoobig",
    "dmarc": "policyviolation",
    "expired": "blocked",
    "host_unknown": "hostunknown",
    "refused_connection": "expired",
    "moved": "hasmoved",
    "relay_denied": "norelaying",
    "plain_reply": "filtered",
}
# Where Sisimai says something else, as it does of the genuine article.
SISIMAI_DIFFERS = {
    ("gmail_classic", "refused_connection"): "onhold",
    **{(name, "expired"): "expired" for name in ("exim", "exim_classic", "opensmtpd", "ses")},
    ("m365", "expired"): "onhold",  # the words of the last reply, behind its own
    **{(name, "plain_reply"): "userunknown" for name in ("exim", "exim_classic", "postfix", "qmail", "yahoo")},
    ("m365", "spam"): "rejected",  # by Microsoft's table, 5.7.1 is that and nothing else
    ("m365", "relay_denied"): "rejected",
    ("qmail", "spam"): "expired",  # "failed after I sent the message" is taken for a time-out
    ("qmail", "too_large"): "rejected",  # qmail words a refused MAIL as a rejected sender
}
BOUNCE_PARSER = {
    "unknown_user": "user_unknown",
    "mailbox_full": "over_quota",
    "disabled": "user_disabled",
    "spam": "spam",
    "too_large": "over_quota",
    "dmarc": "unknown",
    "expired": "over_quota",
    "host_unknown": "domain_error",
    "refused_connection": "domain_error",
    "moved": "user_unknown",
    "relay_denied": "domain_error",
    "plain_reply": "user_unknown",
}
BOUNCE_PARSER_DIFFERS = {
    **{(name, "disabled"): "user_unknown" for name in ("exim", "exim_classic", "gmail_classic", "qmail", "yahoo")},
    **{("exim", name): "unknown" for name in ("host_unknown", "refused_connection")},  # its status says 5.0.0
    **{(name, "too_large"): "unknown" for name in ("m365", "outlook")},
    ("sendmail", "refused_connection"): "unknown",
}
COMMANDS = {"MAIL": "MAIL FROM", "RCPT": "RCPT TO", "DATA": "end of DATA"}
# Sisimai looks at who refused, too.
MX = {
    "gmail": "gmail-smtp-in.l.google.com",
    "m365": "dest-example.mail.protection.outlook.com",
    "outlook": "outlook-com.olc.protection.outlook.com",
    "yahoo": "mta5.am0.yahoodns.net",
    "icloud": "mx01.mail.icloud.com",
    "mimecast": "us-smtp-inbound-1.mimecast.com",
    "barracuda": "d1a.ess.barracudanetworks.com",
    "proofpoint": "mx0a-00000001.pphosted.com",
    "ses": "inbound-smtp.eu-west-1.amazonaws.com",
}


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("reports")
    for dialect, scenario in FAILED:
        failure = next(each for each in FAILURES if each.name == scenario)
        (folder / f"{dialect}.{scenario}.eml").write_bytes(build_dsn(report(failed(failure)), dialect))
    for dialect, action in OTHERS:
        (folder / f"{dialect}.{action.value}.eml").write_bytes(build_dsn(report(told(action)), dialect))
    return sorted(folder.iterdir())


@pytest.fixture(scope="session")
def sisimai(letters):
    return oracle.ask_sisimai(letters)


@pytest.fixture(scope="session")
def bounce_parser(letters):
    return oracle.ask_bounce_parser(letters)


@pytest.fixture(scope="session")
def ruby(letters):
    return oracle.ask_ruby(letters)


@pytest.fixture(scope="session")
def email_bounce_parser(letters):
    return oracle.ask_email_bounce_parser(letters)


def message_of(letters, name):
    place = next(letter for letter in letters if letter.stem == name)
    return email.message_from_bytes(place.read_bytes(), policy=email.policy.compat32)


@pytest.mark.parametrize(("dialect", "scenario"), FAILED)
def test_flufl_finds_the_address_and_that_it_is_permanent(letters, dialect, scenario):
    flufl = pytest.importorskip("flufl.bounce", reason="the PyPI package flufl.bounce is not installed")
    found = flufl.all_failures(message_of(letters, f"{dialect}.{scenario}"))
    assert found == (frozenset(), frozenset({NOBODY.encode()}))


@pytest.mark.parametrize(("dialect", "action"), OTHERS)
def test_flufl_tells_delay_from_success(letters, dialect, action):
    flufl = pytest.importorskip("flufl.bounce", reason="the PyPI package flufl.bounce is not installed")
    expected = {NOBODY.encode()} if action is Action.DELAYED else set()
    assert flufl.all_failures(message_of(letters, f"{dialect}.{action.value}")) == (expected, frozenset())


@pytest.mark.parametrize(("dialect", "scenario"), FAILED)
def test_sisimai_names_agent_recipient_and_reason(sisimai, dialect, scenario):
    reason = SISIMAI_DIFFERS.get((dialect, scenario), REASONS[scenario])
    found = [(each["agent"], each["recipient"], each["reason"]) for each in sisimai[f"{dialect}.{scenario}"]]
    assert found == [(AGENTS[dialect], NOBODY, reason)]


@pytest.mark.parametrize("dialect", STANDARD)
def test_sisimai_reads_a_delay_or_a_success_as_one(sisimai, dialect):
    actions = sorted(DIALECTS[dialect].actions - {Action.FAILED})
    found = {action: sisimai[f"{dialect}.{action.value}"][0]["action"] for action in actions}
    told_as = {Action.RELAYED: Action.DELIVERED} if dialect == "exim" else {}
    assert found == {action: told_as.get(action, action).value for action in actions}


@pytest.mark.parametrize(("dialect", "scenario"), FAILED)
def test_bounce_parser_finds_the_reason_and_the_original(bounce_parser, dialect, scenario):
    facts = bounce_parser[f"{dialect}.{scenario}"]
    assert (facts["bounce"], facts["original"].strip()) == (1, "<invoice-1@app.example>")
    if dialect != "opensmtpd":  # its status part tells nothing, and the text does not count here
        expected = BOUNCE_PARSER_DIFFERS.get((dialect, scenario), BOUNCE_PARSER[scenario])
        assert facts["reports"] == [{"recipient": NOBODY, "reason": expected}]


@pytest.mark.parametrize("dialect", [name for name in WARNING if name != "exim_classic"])
def test_bounce_parser_takes_no_delay_for_a_bounce(bounce_parser, dialect):
    assert bounce_parser[f"{dialect}.delayed"]["bounce"] == 0


@pytest.mark.parametrize(("dialect", "scenario"), [pair for pair in FAILED if pair[0] in STANDARD])
def test_ruby_mail_reads_the_status_part(ruby, dialect, scenario):
    facts = ruby[f"{dialect}.{scenario}"]
    assert (facts["bounced"], facts["action"], facts["recipient"].split(";")[1].strip()) == (True, "failed", NOBODY)


@pytest.mark.parametrize("dialect", [name for name in WARNING if name in STANDARD])
def test_ruby_mail_takes_no_delay_for_a_bounce(ruby, dialect):
    assert ruby[f"{dialect}.delayed"]["bounced"] is False


@pytest.mark.parametrize(
    ("dialect", "scenario"),
    [(name, each.name) for name in DIALECTS for each in FAILURES if each.answered and each.status != "5.0.0"],
)
def test_email_bounce_parser_reads_the_code_in_the_text(email_bounce_parser, dialect, scenario):
    failure = next(each for each in FAILURES if each.name == scenario)
    given_up = {"ses": "554", "m365": "550", "opensmtpd": None} if scenario == "expired" else {}
    basic = given_up.get(dialect, failure.diagnostic[:3])
    assert email_bounce_parser[f"{dialect}.{scenario}"]["code"]["basic"] == basic


@pytest.mark.parametrize("dialect", DIALECTS)
def test_email_bounce_parser_finds_the_recipient_of_an_unknown_user(email_bounce_parser, dialect):
    assert email_bounce_parser[f"{dialect}.unknown_user"]["recipient"] == NOBODY


@pytest.mark.parametrize(("dialect", "scenario"), [pair for pair in FAILED if pair[0] in STANDARD and pair[0] != "ses"])
def test_bounced_which_is_strict_reads_the_report(letters, dialect, scenario):
    bounced = pytest.importorskip("bounced", reason="the PyPI package bounced is not installed")
    found = list(bounced.get_bounces(message_of(letters, f"{dialect}.{scenario}")))
    assert [each.recipient[1] for each in found] == [NOBODY]


def test_bounced_refuses_what_ses_writes_for_dns(letters):
    bounced = pytest.importorskip("bounced", reason="the PyPI package bounced is not installed")
    with pytest.raises(ValueError, match=r"Unknown kind of Reporting-MTA in DSN field: dsn; .*amazonses"):
        list(bounced.get_bounces(message_of(letters, "ses.unknown_user")))


def catalogue_rows():
    try:
        table = oracle.reference("bounce-catalogue.tsv").read_text("utf-8").splitlines()[1:]
    except pytest.skip.Exception:
        return []
    return [line.split("\t") for line in table]


def test_the_words_of_each_provider_are_read_as_the_catalogue_says(tmp_path):
    oracle.reference("bounce-catalogue.tsv")
    expected = {}
    for provider, scenario, stage, code, status, text, sisimai, _ in catalogue_rows():
        spelled = status if status and status != "-" else ""
        words = f"{code} {spelled} {text}" if spelled else f"{code} {text}"
        number = spelled or f"{code[0]}.0.0"
        server = MX.get(provider, "mx.dest.example")
        letter = failed(FAILURES[0], diagnostic=words, status=number, remote_mta=server, command=COMMANDS[stage])
        (tmp_path / f"{provider}.{scenario}.eml").write_bytes(build_dsn(report(letter), "postfix"))
        expected[f"{provider}.{scenario}"] = sisimai
    found = oracle.ask_sisimai(sorted(tmp_path.iterdir()))
    different = {
        name: (found[name][0]["reason"], reason)
        for name, reason in expected.items()
        if found[name][0]["reason"] != reason
    }
    assert different == {}
