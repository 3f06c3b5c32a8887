"""Many tests on one server that runs elsewhere: none sees, refuses or hurries the mail of another."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier

import pytest

from mailpit_py.client import Client, ClientError
from mailpit_py.servers.tls import CA_FILE
from mailpit_py.testing import MailNotReceived, Mailpit, Remote, View
from mailpit_py.testing.apps import flask_mail
from tests.testing.conftest import send

WORKERS = 64


@pytest.fixture
def server() -> Iterator[Mailpit]:
    """A server that keeps little, as one that was started without a thought of tests."""
    running = Mailpit(max=10)
    running.start()
    yield running
    running.stop()


@pytest.mark.timeout(300)
def test_sixty_four_workers_on_one_server_do_not_disturb_each_other(server: Mailpit) -> None:
    remote = Remote(server.node.url, timeout=120)
    together = Barrier(WORKERS)

    def work(number: int) -> list[str]:
        view = remote.view()
        address = view.address("ann")
        together.wait(120)
        with view.reject("mailbox_full_hard", recipient="full@*", times=1) if number % 2 else view.defer(times=1):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
                send(view, "refused", "full@example.com")
            assert caught.value.recipients["full@example.com"][0] == (552 if number % 2 else 451)
            send(view, f"{number}", "full@example.com")
        deliver(server, f"to {number}", address)
        send(view, f"later {number}", "bounce+unknown_user+ndr+5h@example.com")
        view.wait_for(subject=f"later {number}")
        reports = view.advance(hours=6) if number % 4 == 0 else []
        assert len(reports) == (number % 4 == 0)
        subjects = [one.subject for one in view.messages if one.reverse_path]
        refused = len(view.refused)
        view.close()
        return [*subjects, str(refused)]

    with ThreadPoolExecutor(WORKERS) as pool:
        seen = list(pool.map(work, range(WORKERS)))
    assert seen == [[f"{number}", f"to {number}", f"later {number}", "1"] for number in range(WORKERS)]
    assert [one.name for one in server.node.sandbox.inboxes.all] == ["default"]
    assert server.node.sandbox.clock.reading("default").offset_us == 0


def deliver(server: Mailpit, subject: str, address: str) -> None:
    """Send as an application does that is the same for all tests, and does not log in."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@acme.test", address, subject
    message.set_content("Hi")
    with smtplib.SMTP("127.0.0.1", server.node.smtp_port, timeout=60) as client:
        client.send_message(message)


def test_a_view_keeps_more_mail_than_the_server_does(server: Mailpit) -> None:
    view = Remote(server.node.url, timeout=60).view()
    view.address()
    for number in range(30):
        send(view, str(number))
    assert [one.subject for one in view.wait_for_all(30, settle=0)] == [str(number) for number in range(30)]
    view.close()


def test_an_app_that_is_pointed_at_a_view_logs_in_to_its_inbox(server: Mailpit) -> None:
    remote = Remote(server.node.url, timeout=60)
    one, other = remote.view(), remote.view()
    settings = flask_mail(one.place)
    assert one.env()["EMAIL_HOST_USER"] == settings["MAIL_USERNAME"] == one.place.user
    with smtplib.SMTP(settings["MAIL_SERVER"], settings["MAIL_PORT"]) as client:
        client.login(settings["MAIL_USERNAME"], settings["MAIL_PASSWORD"])
        client.sendmail("a@b.test", ["whoever@example.com"], b"Subject: mine\r\n\r\n")
    assert one.wait_for(to="whoever@example.com").subject == "mine"
    assert other.messages == ()
    one.close()


def test_a_view_that_asks_for_nothing_sees_the_mail_of_all(server: Mailpit) -> None:
    view = Remote(server.node.url, timeout=60).view()
    deliver(server, "everybody's", "ann@example.com")
    assert view.wait_for().subject == "everybody's"
    assert [one.name for one in server.node.sandbox.inboxes.all] == ["default"]


def test_a_closed_view_leaves_nothing_behind(server: Mailpit) -> None:
    view = Remote(server.node.url, timeout=60).view()
    with view.reject():
        assert len(server.node.sandbox.inboxes.all) == 2
    view.close()
    assert [one.name for one in server.node.sandbox.inboxes.all] == ["default"]
    assert server.node.sandbox.simulator.rules == ()


def test_a_token_in_the_address_makes_its_inbox_all_there_is(server: Mailpit) -> None:
    issued = server.node.sandbox.inboxes.create("team-a")
    url = server.node.url.replace("://", f"://team-a:{issued.token}@")
    view = Remote(url, timeout=60).view()
    deliver(server, "not ours", "ann@example.com")
    send(view, "ours", view.address("ann"))
    assert [one.subject for one in view.messages] == ["ours"]
    with view.reject(), pytest.raises(smtplib.SMTPRecipientsRefused):
        send(view, "lost", view.address("ann"))
    assert [one.name for one in server.node.sandbox.inboxes.all] == ["default", "team-a"]
    view.expect_none(subject="not ours", within=0)


def test_a_worker_has_one_inbox_for_all_its_views(server: Mailpit) -> None:
    remote = Remote(server.node.url, timeout=60)
    remote.isolate()
    first, second = remote.start(), remote.view()
    send(first, "x")
    assert [view.wait_for().subject for view in (first, second)] == ["x", "x"]
    assert first.address("ann") != second.address("ann")
    second.close()
    assert len(server.node.sandbox.inboxes.all) == 2
    remote.stop()
    assert len(server.node.sandbox.inboxes.all) == 1


def test_what_an_inbox_can_do_is_done_where_the_page_asks_for_a_password() -> None:
    """The hash of a password does not help a client; the server's own process needs none."""
    with Mailpit(ui_auth="ann:$2y$04$abcdefghijklmnopqrstuuWJ6Fp5eXgWmVfa7mQMMRmGdWGqK8mQa", timeout=60) as mp:
        with pytest.raises(ClientError, match="password"):
            Client(mp.url).get("info")
        with mp.reject("mailbox_full_hard"), pytest.raises(smtplib.SMTPRecipientsRefused):
            send(mp, "lost")
        send(mp, "kept")
        message = mp.wait_for(subject="kept")
        assert mp.bounce(message, "unknown_user").reverse_path == ""
        assert "feedback-report" in mp.complain(message).headers["Content-Type"]
        send(mp, "later", "bounce+unknown_user+ndr+5h@example.com")
        mp.wait_for(subject="later")
        assert len(mp.advance(hours=6)) == 1
        assert message.timeline[-1]["reply"]["code"] == 250
        with pytest.raises(MailNotReceived):
            mp.wait_for(subject="never", timeout=0)


def test_the_same_server_is_reached_from_elsewhere_with_its_password() -> None:
    with Mailpit(ui_auth="ann:secret", timeout=60) as mp:
        view: View = Remote(mp.url.replace("://", "://ann:secret@"), timeout=60).view()
        send(view, "x", view.address("ann"))
        assert view.wait_for().subject == "x"
        view.close()


def test_a_page_with_tls_and_a_password_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"ui_auth": "ann:secret", "ui_tls_cert": "auto", "database": str(tmp_path / "mail.db")}
    with Mailpit(**options, timeout=60) as mp:
        with mp.reject("mailbox_full_hard"), pytest.raises(smtplib.SMTPRecipientsRefused):
            send(mp, "lost")
        elsewhere = mp.url.replace("://", "://ann:secret@")
        with pytest.raises(ClientError, match="SSL_CERT_FILE"):
            Remote(elsewhere).view()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / CA_FILE))
        with Remote(elsewhere, timeout=60) as view:
            send(view, "x", view.address("ann"))
            assert view.wait_for().subject == "x"
