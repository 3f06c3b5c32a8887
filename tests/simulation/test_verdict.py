"""Bounce processors that nobody here wrote read our replies, put into a report as Postfix writes it.

What they say is taken from the real diagnostics of these providers. Two of them come from Debian
(libsisimai-perl, libmail-deliverystatus-bounceparser-perl), one from PyPI (flufl.bounce); without
them the tests are skipped, with the reason.
"""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
from functools import cache

import pytest

from mailpit_py.simulation.catalogue import entry, reply

RECIPIENT = "nobody@dest.example"
HOSTS = {
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

# provider, scenario, the reason that Sisimai 4.25 names, the one that BounceParser 1.543 names
VERDICTS = """
gmail unknown_user userunknown user_unknown
gmail mailbox_full mailboxfull over_quota
gmail mailbox_full_hard mailboxfull over_quota
gmail disabled suspend user_disabled
gmail low_reputation securityerror unknown
gmail spam securityerror unknown
gmail dmarc blocked unknown
gmail spf notaccept unknown
gmail dkim securityerror unknown
gmail ptr blocked unknown
gmail rate_limited toomanyconn unknown
gmail rate_limited_ip securityerror unknown
gmail too_large mesgtoobig over_quota
gmail tls_required securityerror unknown
gmail relay_denied norelaying unknown
gmail attachment securityerror over_quota
m365 unknown_user userunknown user_unknown
m365 recipient_not_found userunknown user_unknown
m365 mailbox_full mailboxfull over_quota
m365 blocked_ip blocked unknown
m365 spam rejected unknown
m365 dmarc blocked unknown
m365 spf blocked unknown
m365 rate_limited systemerror over_quota
m365 rate_limited_ip blocked unknown
m365 too_large exceedlimit message_too_large
m365 relay_denied norelaying domain_error
m365 group_restricted rejected unknown
m365 tls_required securityerror unknown
m365 expired expired unknown
m365 domain_not_found norelaying unknown
m365 downstream filtered user_unknown
outlook unknown_user userunknown user_unknown
outlook blocked_ip blocked unknown
outlook unauthenticated securityerror unknown
yahoo unknown_user filtered user_unknown
yahoo disabled suspend user_unknown
yahoo policy policyviolation unknown
yahoo deferred blocked unknown
yahoo deferred_forever blocked unknown
yahoo rbl blocked unknown
yahoo mailbox_full mailboxfull over_quota
icloud unknown_user userunknown user_unknown
icloud inactive userunknown user_unknown
icloud mailbox_full mailboxfull over_quota
icloud moved hasmoved user_unknown
icloud dmarc policyviolation unknown
icloud policy policyviolation unknown
icloud rbl blocked unknown
icloud rate_limited blocked over_quota
icloud relay_denied norelaying domain_error
mimecast unknown_user userunknown user_unknown
mimecast greylisted blocked unknown
mimecast spam virusdetected unknown
mimecast spf blocked unknown
mimecast tls_required securityerror unknown
mimecast too_large mesgtoobig unknown
mimecast policy rejected unknown
barracuda policy blocked unknown
barracuda low_reputation blocked spam
barracuda unknown_user userunknown user_unknown
proofpoint unknown_user userunknown user_unknown
proofpoint blocked_ip blocked unknown
proofpoint spam securityerror spam
proofpoint rate_limited toomanyconn over_quota
postfix unknown_user userunknown user_unknown
postfix mailbox_full mailboxfull user_unknown
postfix relay_denied norelaying domain_error
postfix rbl blocked spam
postfix greylisted onhold user_unknown
postfix too_large mesgtoobig over_quota
postfix sender_domain rejected domain_error
postfix helo blocked unknown
postfix tls_required securityerror unknown
postfix spam securityerror unknown
exim unknown_user userunknown user_unknown
exim relay_denied norelaying domain_error
exim mailbox_full mailboxfull over_quota
exim sender_verify rejected unknown
sendmail unknown_user userunknown user_unknown
sendmail mailbox_full mailboxfull over_quota
sendmail relay_denied norelaying domain_error
qmail unknown_user userunknown user_unknown
qmail relay_denied norelaying domain_error
qmail too_large mesgtoobig over_quota
ses unknown_user userunknown user_unknown
ses content_rejected spamdetected unknown
"""
TABLE = [tuple(line.split()) for line in VERDICTS.strip().splitlines()]
NAMES = [f"{provider}-{scenario}" for provider, scenario, *_ in TABLE]


def report(provider: str, scenario: str) -> str:
    """A failure report as Postfix writes it, about our reply."""
    said = reply(scenario, provider, recipient=RECIPIENT, sender="bounce@app.example", client="192.0.2.1")
    diagnostic = " ".join(said.lines)
    status = said.status or f"{str(said.code)[0]}.0.0"
    host = HOSTS.get(provider, "mx.dest.example")
    command = {"MAIL": "MAIL FROM", "CONTENT": "end of DATA", "HELO": "RCPT TO"}.get(
        entry(scenario, provider).words.stage.value, "RCPT TO"
    )
    return f"""\
Return-Path: <>
Received: by mx.app.example (Postfix) id 4XyZ1k0abcz; Mon, 23 Nov 2026 12:00:00 +0000 (UTC)
Date: Mon, 23 Nov 2026 12:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.app.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounce@app.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4XyZ1k0abcz.1/mx.app.example"
Message-Id: <20261123120000.4XyZ1k0abcz@mx.app.example>

This is a MIME-encapsulated message.

--4XyZ1k0abcz.1/mx.app.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.app.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{RECIPIENT}>: host {host}[192.0.2.25] said: {diagnostic} (in reply to {command} command)

--4XyZ1k0abcz.1/mx.app.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.app.example
X-Postfix-Queue-ID: 4XyZ1k0abcz
X-Postfix-Sender: rfc822; bounce@app.example
Arrival-Date: Mon, 23 Nov 2026 11:59:59 +0000 (UTC)

Final-Recipient: rfc822; {RECIPIENT}
Original-Recipient: rfc822;{RECIPIENT}
Action: failed
Status: {status}
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {diagnostic}

--4XyZ1k0abcz.1/mx.app.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <bounce@app.example>
From: App <app@app.example>
To: {RECIPIENT}
Subject: Hello
Message-ID: <1@app.example>
Date: Mon, 23 Nov 2026 11:59:59 +0000

Hello

--4XyZ1k0abcz.1/mx.app.example--
"""


@cache
def missing_perl(module: str) -> str:
    """Why a Perl module cannot be used, or nothing."""
    if shutil.which("perl") is None:
        return "perl is not installed"
    found = subprocess.run(["perl", f"-M{module}", "-e", "1"], capture_output=True, check=False)
    return "" if found.returncode == 0 else f"the Perl module {module} is not installed"


@cache
def by_perl(module: str, program: str) -> dict[str, str]:
    """What a Perl program prints for every report, in one run: reports go in as JSON, verdicts come out."""
    reports = {name: report(provider, scenario) for name, (provider, scenario, *_) in zip(NAMES, TABLE, strict=True)}
    done = subprocess.run(
        ["perl", "-MJSON::PP", "-MFile::Temp", f"-M{module}", "-e", f"{READ} {program} {WRITE}"],
        input=json.dumps(reports).encode(),
        capture_output=True,
        check=True,
        env=os.environ | {"LC_ALL": "C"},
    )
    return json.loads(done.stdout)


READ = "undef $/; my $in = decode_json(<STDIN>); my %out; for my $name (keys %$in) { my $mail = $in->{$name};"
WRITE = "} print encode_json(\\%out);"
SISIMAI = """
    my $file = File::Temp->new(SUFFIX => '.eml'); print $file $mail; close $file;
    my $found = Sisimai->make("$file"); $out{$name} = $found ? $found->[0]->reason : 'none';
"""
BOUNCE_PARSER = """
    my $read = eval { Mail::DeliveryStatus::BounceParser->new($mail) };
    my ($first) = $read ? $read->reports : (); $out{$name} = $first ? $first->get('std_reason') : 'none';
"""


def test_every_providers_own_reply_has_a_verdict():
    assert len(TABLE) == len(set(NAMES)) == 87


@pytest.mark.parametrize(("name", "row"), list(zip(NAMES, TABLE, strict=True)), ids=NAMES)
def test_sisimai_names_the_reason(name, row):
    if reason := missing_perl("Sisimai"):
        pytest.skip(reason)
    assert by_perl("Sisimai", SISIMAI)[name] == row[2]


@pytest.mark.parametrize(("name", "row"), list(zip(NAMES, TABLE, strict=True)), ids=NAMES)
def test_bounce_parser_names_the_reason(name, row):
    if reason := missing_perl("Mail::DeliveryStatus::BounceParser"):
        pytest.skip(reason)
    assert by_perl("Mail::DeliveryStatus::BounceParser", BOUNCE_PARSER)[name] == row[3]


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_flufl_finds_the_address_and_that_it_is_final(row):
    bounce = pytest.importorskip("flufl.bounce", reason="flufl.bounce is not installed")
    temporary, permanent = bounce.all_failures(email.message_from_string(report(*row[:2])))
    assert (temporary, permanent) == (set(), {RECIPIENT.encode()})
