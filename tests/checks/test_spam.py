"""The words of spam filters, as real ones said them."""

from __future__ import annotations

import pytest

from mailpit_py.checks import spam
from mailpit_py.checks.spam import Rule, Score

# SpamAssassin 4.0.1 about a message of two lines, with one rule whose words go over two lines.
SPAMD = b"""SPAMD/1.1 0 EX_OK\r
Content-length: 878\r
Spam: True ; 1000.0 / 5.0\r
\r
Spam detection software, running on the system "vm",
has identified this incoming email as possible spam.

Content preview:  -- --- ----

Content analysis details:   (1000.0 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RECEIVED            Informational: message has no Received headers
 0.0 MSGID_SHORT            Message-ID is unusually short
1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email
-1.9 BAYES_00               BODY: Bayes spam probability is 0 to 1%
                            [score: 0.0000]
 0.0 TVD_SPACE_RATIO        No description available.


"""
RULES = (
    Rule(-0.0, "NO_RECEIVED", "Informational: message has no Received headers"),
    Rule(0.0, "MSGID_SHORT", "Message-ID is unusually short"),
    Rule(1000.0, "GTUBE", "BODY: Generic Test for Unsolicited Bulk Email"),
    Rule(-1.9, "BAYES_00", "BODY: Bayes spam probability is 0 to 1% [score: 0.0000]"),
    Rule(0.0, "TVD_SPACE_RATIO", "No description available."),
)
# rspamd 3.4 about the same.
RSPAMD = (
    b'{"is_skipped":false,"score":7.2,"required_score":15.0,"action":"add header","symbols":{"MISSING_DATE":{"name":'
    b'"MISSING_DATE","score":1.0,"metric_score":1.0,"description":"Message date is missing"},"GTUBE_LIKE":{"name":'
    b'"GTUBE_LIKE","score":6.2,"metric_score":6.2}},"messages":{},"message-id":"undef","time_real":0.000286}'
)
POSTMARK = (
    b'{"success":true,"score":"1.2","rules":[{"score":"1.2","description":"Missing To: header"}],"report":" pts rule '
    b"name               description\\n---- ---------------------- ------------------------------------------------"
    b'--\\n 1.2 MISSING_HEADERS        Missing To: header\\n\\n"}'
)


def test_spamd_is_asked_for_a_report():
    assert spam.spamd_request(b"Subject: x\r\n\r\n") == (
        b"REPORT SPAMC/1.5\r\nContent-length: 14\r\n\r\nSubject: x\r\n\r\n"
    )


def test_postmark_is_given_the_message_as_text():
    assert spam.postmark_request(b"Subject: \xff\r\n") == b'{"email": "Subject: \\ufffd\\r\\n", "options": "long"}'


def test_a_report_of_spamd_is_read_rule_by_rule():
    assert spam.read_spamd(SPAMD) == Score(1000.0, True, 5.0, RULES)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", "spamd answered nothing"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "this is no answer of spamd"),
        (b"SPAMD/1.1 74 EX_IOERR\r\n\r\n", "spamd answered EX_IOERR"),
        (b"SPAMD/1.1 0 EX_OK\r\n\r\n", "spamd gave no score"),
    ],
)
def test_what_is_no_report_is_an_error(answer, error):
    assert spam.read_spamd(answer) == Score(error=error)


def test_rspamd_names_its_symbols_the_heaviest_first():
    rules = (Rule(6.2, "GTUBE_LIKE"), Rule(1.0, "MISSING_DATE", "Message date is missing"))
    assert spam.read_rspamd(RSPAMD) == Score(7.2, True, 15.0, rules)


@pytest.mark.parametrize("action", ["no action", "greylist"])
def test_what_rspamd_lets_pass_is_no_spam(action):
    assert not spam.read_rspamd(b'{"score": 5, "action": "%b"}' % action.encode()).is_spam


def test_postmark_s_report_is_read_as_spamassassin_s():
    assert spam.read_postmark(POSTMARK) == Score(1.2, False, 5.0, (Rule(1.2, "MISSING_HEADERS", "Missing To: header"),))


@pytest.mark.parametrize(
    ("read", "answer", "error"),
    [
        (spam.read_rspamd, b"x", "rspamd gave no score"),
        (spam.read_rspamd, b'{"error": "no task"}', "no task"),
        (spam.read_postmark, b"[]", "Postmark's service gave no score"),
        (spam.read_postmark, b'{"success": false, "message": "Too large"}', "Too large"),
        (spam.read_postmark, b'{"success": true, "score": "none"}', "Postmark's service gave no score"),
    ],
)
def test_what_is_no_score_is_an_error(read, answer, error):
    assert read(answer) == Score(error=error)


@pytest.mark.parametrize(("score", "told"), [(1.29, 1.2), (-0.15, -0.2), (5.0, 5.0), (0.3, 0.3), (2.0999999999, 2.1)])
def test_a_score_is_floored_to_one_decimal(score, told):
    assert spam.floored(score) == told
