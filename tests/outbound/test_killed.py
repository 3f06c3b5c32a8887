"""Killed between the other side's answer and our note of it: what is sent again has the id that it had."""

from __future__ import annotations

import smtplib

import pytest

from tests.outbound.post import processor
from tests.outbound.servers import web
from tests.process import Running, checkout

MAIL = b"From: news@app.example\r\nTo: x@bounce.test\r\nSubject: news\r\n\r\nbody\r\n"
REPORTED = ["ndr+unknown_user@bounce.test"]


def send(running: Running) -> None:
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=30) as client:
        client.sendmail("bounces@app.example", REPORTED, MAIL)


def kill(running: Running) -> None:
    """End the process as kill -9 does, and see it gone."""
    running.process.kill()
    running.process.wait(30)


def test_a_pushed_report_is_repeated_with_its_message_id(tmp_path):
    options = ["--database=mail.db"]
    with processor() as app:
        options.append(f"--bounce-push=127.0.0.1:{app.port}")
        with checkout(tmp_path, *options) as running:
            app.before_answer = lambda: kill(running)
            send(running)
            app.wait_for(1)
            running.process.wait(30)
        app.before_answer = lambda: None
        with checkout(tmp_path, *options) as again:
            (_, first_to, first), (_, second_to, second) = app.wait_for(2)
            reports = again.find("from:mailer-daemon")
    assert first == second
    assert first_to == second_to == ["bounces@app.example"]
    assert b"\r\nMessage-ID: <" in first
    assert len(reports) == 1  # stored once


@pytest.mark.parametrize(("provider", "header"), [("standard", "webhook-id"), ("resend", "svix-id")])
def test_a_webhook_is_repeated_with_its_id(tmp_path, provider, header):
    options = ["--database=mail.db"]
    with web() as app:
        options.append(f"--webhooks={provider}=http://127.0.0.1:{app.port}/hook")
        with checkout(tmp_path, *options) as running:
            app.answer = lambda _: (kill(running), (200, {}, b""))[1]
            send(running)
            app.wait_for(1)
        app.answer = lambda _: (200, {}, b"")
        with checkout(tmp_path, *options):
            first, second = app.wait_for(2)
    assert first.headers[header] == second.headers[header]
    assert first.body == second.body
