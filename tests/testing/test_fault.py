"""Failures in a test: refusals and drops while a block lasts, bounces and complaints of a message, time that moves."""

from __future__ import annotations

import json
import re
import smtplib

import pytest

from mailpit_py.client import ClientError
from mailpit_py.errors import MailpitError
from mailpit_py.testing import Mailpit, Remote, Unsupported, View
from tests.outbound.post import processor
from tests.outbound.servers import web
from tests.testing.conftest import send


def test_mail_is_refused_while_the_block_lasts(mp: View) -> None:
    with mp.reject("mailbox_full_hard+gmail", recipient="bad@example.com"):
        send(mp, "fine", "ann@example.com")
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            send(mp, "lost", "bad@example.com")
    code, text = caught.value.recipients["bad@example.com"]
    assert (code, text[:5]) == (552, b"5.2.2")
    send(mp, "again", "bad@example.com")
    assert [one.subject for one in mp.messages] == ["fine", "again"]


@pytest.mark.parametrize(("cause", "code"), [("unknown_user", 550), ("552", 552), ("5.1.1", 550)])
def test_a_cause_a_code_or_an_enhanced_code_is_answered(mp: View, cause: str, code: int) -> None:
    with mp.reject(cause), pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(mp)
    assert caught.value.recipients["ann@example.com"][0] == code


def test_who_tries_again_succeeds_after_so_many_times(mp: View) -> None:
    with mp.defer(times=2):
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
                send(mp, "patient", "patient@example.com")
            assert 400 <= caught.value.recipients["patient@example.com"][0] < 500
        send(mp, "patient", "patient@example.com")
    message = mp.wait_for(subject="patient")
    assert [one["reply"]["code"] for one in message.timeline] == [451, 451, 250]
    assert [one["stage"] for one in message.timeline][:2] == ["RCPT", "RCPT"]


def test_it_can_be_refused_at_the_end_of_the_content(mp: View) -> None:
    with mp.reject("spam", stage="content"), pytest.raises(smtplib.SMTPDataError, match="550"):
        send(mp)


@pytest.mark.parametrize("after", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_the_connection_is_lost(mp: View, after: str) -> None:
    with mp.drop(after=after, times=1):
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError, BrokenPipeError)):
            send(mp, "lost", text="x" * 100_000)
        send(mp, "through")
    assert [one.subject for one in mp.messages] == ["through"]


def test_what_cannot_be_asked_for_is_told_with_every_field(mp: View) -> None:
    told = r"nothing was changed\.\n  outcome: unknwon_user is not understood; did you mean unknown_user\?"
    with pytest.raises(ClientError, match=told), mp.reject("unknwon_user"):
        pass


def test_an_accepted_message_bounces_on_request(ours: View) -> None:
    send(ours, "Welcome")
    report = ours.bounce(ours.wait_for(subject="Welcome"), "mailbox_full", dialect="m365")
    assert report.reverse_path == ""
    assert report.recipients == ("app@acme.test",)
    assert "message/delivery-status" in report.raw.decode("latin-1")
    assert ours.wait_for(sender="").id == report.id


def test_a_recipient_complains(mp: View) -> None:
    send(mp, "Offer")
    report = mp.complain(mp.wait_for(subject="Offer"))
    assert "feedback-report" in report.headers["Content-Type"]


def test_what_does_not_bounce_says_why(mp: View) -> None:
    with mp.smtplib() as client:
        client.sendmail("", ["ann@example.com"], b"Subject: null\r\n\r\n")
    with pytest.raises(MailpitError, match="reverse-path is null"):
        mp.bounce(mp.wait_for(subject="null"))


def test_days_pass_in_a_moment(mp: View) -> None:
    send(mp, "slow", "expire+5d@example.com")
    assert len(mp.wait_for_all(1, settle=0)) == 1
    warning = mp.advance(hours=5)
    assert [re.search("(?i)delay", one.subject) is not None for one in warning] == [True]
    (failure,) = mp.advance(days=5)
    assert failure.recipients == ("app@acme.test",)
    mp.close()
    mp.close()
    with pytest.raises(ValueError, match="goes forward only"):
        mp.advance()


def test_the_clock_is_put_back_when_the_view_closes(local: Mailpit) -> None:
    view = local.view()
    view.advance(days=1)
    assert local.node.sandbox.clock.reading().offset_us > 0
    view.close()
    assert local.node.sandbox.clock.reading().offset_us == 0


def test_on_a_shared_server_only_the_view_s_own_addresses_fail(remote: Remote) -> None:
    one, other = remote.view(timeout=20), remote.view(timeout=20)
    with one.reject():
        send(other, "theirs", other.address("ann"))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(one, "mine", one.address("ann"))
    assert other.wait_for().subject == "theirs"


def test_a_mailpit_says_that_it_cannot(mailpits: View) -> None:
    send(mailpits)
    message = mailpits.wait_for()
    for call in (
        *(mailpits.reject, mailpits.defer, mailpits.drop),
        *(lambda: mailpits.bounce(message), lambda: mailpits.complain(message), lambda: mailpits.advance(days=1)),
    ):
        with pytest.raises(Unsupported, match="needs mailpit-py"):
            call()


def test_reports_and_events_go_to_servers_of_the_test_while_the_block_lasts(ours: View) -> None:
    with processor() as app, web() as hook:
        with ours.sink(f"127.0.0.1:{app.port}"), ours.sink(f"http://127.0.0.1:{hook.port}/", "postmark", "bounced"):
            send(ours, "bounces", "ann@example.com")
            report = ours.bounce(ours.wait_for(subject="bounces"), "mailbox_full_hard")
            [(reverse_path, _, raw)] = app.wait_for(1)
            [told] = hook.wait_for(1)
        assert (reverse_path, raw) == ("<>", report.raw)
        assert json.loads(told.body)["RecordType"] == "Bounce"


def test_a_server_that_the_operator_does_not_allow_is_told(ours: View) -> None:
    with pytest.raises(ClientError, match="cannot be reached from here"), ours.sink("192.0.2.1:25"):
        pass
