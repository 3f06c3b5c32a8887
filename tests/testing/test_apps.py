"""Applications pointed at the server: Django, Flask-Mail, FastAPI-Mail, the standard library, variables."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailpit_py.testing import Mailpit, View, apps
from mailpit_py.testing.django import changes
from tests.testing.django_project import SETTINGS, SHOP, TESTS

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]

BY_FIXTURE = """
from django.conf import settings
from django.core import mail

def test_pointed_at_it(mailpit_django):
    assert settings.EMAIL_PORT == mailpit_django.smtp_port
    assert not settings.EMAIL_USE_TLS
    mail.send_mail("Hi", "x", None, ["ann@example.com"])
    mailpit_django.wait_for(subject="Hi")

def test_put_back_as_it_was(mailpit):
    assert settings.EMAIL_PORT == mailpit.smtp_port  # set by mailpit_env before the settings were loaded
    assert settings.EMAIL_BACKEND.endswith("locmem.EmailBackend")
    assert (settings.EMAIL_HOST, settings.EMAIL_USE_TLS) == ("mail.production.test", True)
    mail.send_mail("Hi", "x", None, ["ann@example.com"])
    assert len(mail.outbox) == 1
"""


@pytest.fixture
def shop(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(pytester.path)]))
    pytester.makepyfile(settings=SETTINGS, shop=SHOP, test_shop=TESTS, test_fixture=BY_FIXTURE)
    return pytester


@pytest.mark.timeout(400)
def test_a_django_project_s_tests_read_like_sentences_and_all_else_stays_as_it_was(shop: pytest.Pytester) -> None:
    shop.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = settings\nmailpit_timeout = 60\nmailpit_autouse = true\n")
    shop.runpytest_subprocess("-W", "error", "test_shop.py", "-n", "2", timeout=300).assert_outcomes(passed=9)


@pytest.mark.timeout(400)
def test_without_autouse_a_fixture_points_django_at_it_for_one_test(shop: pytest.Pytester) -> None:
    shop.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = settings\nmailpit_timeout = 60\nmailpit_env = EMAIL_PORT\n")
    shop.runpytest_subprocess("-W", "error", "test_fixture.py", timeout=300).assert_outcomes(passed=2)


def test_every_mailer_of_newer_djangos_is_pointed_at_it(mp: View) -> None:
    class Settings:
        MAILERS = {  # noqa: RUF012 - as Django's settings are
            "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
            "bulk": {"BACKEND": "bulk.Backend", "OPTIONS": {"host": "mail.production.test", "username": "apikey"}},
        }

    smtp = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": mp.smtp_port},
    }
    assert changes(Settings(), mp.place) == {"MAILERS": {"default": smtp, "bulk": smtp}}
    Settings.MAILERS = {}
    assert changes(Settings(), mp.place) == {"MAILERS": {}}  # beside which Django takes no EMAIL_HOST


def test_flask_mail_sends_to_it_although_the_app_is_tested(mp: View) -> None:
    from flask import Flask
    from flask_mail import Mail, Message

    app = Flask(__name__)
    app.config.update(TESTING=True, MAIL_DEFAULT_SENDER="shop@acme.test", **apps.flask_mail(mp.place))
    mail = Mail(app)
    with app.app_context():
        mail.send(Message("Welcome", recipients=["ann@example.com"], body="Hi"))
    assert mp.wait_for(to="ann@example.com").subject == "Welcome"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_fastapi_mail_sends_to_it_with_a_password_over_tls() -> None:
    from fastapi_mail import ConnectionConfig, FastMail, MessageSchema, MessageType

    async def main(view: View) -> None:
        config = ConnectionConfig(MAIL_FROM="shop@example.com", **apps.fastapi_mail(view.place))
        message = MessageSchema(
            subject="Welcome", recipients=["ann@example.com"], body="<p>Hi</p>", subtype=MessageType.html
        )
        await FastMail(config).send_message(message)
        received = await view.await_for(to="ann@example.com", html="<p>Hi")
        assert received.session
        assert received.session.auth_identity == "ann"

    with Mailpit(auth=("ann", "secret"), starttls="required", timeout=20) as view:
        asyncio.run(main(view))
    gc.collect()  # fastapi-mail does not wait until its TLS connection is closed; let no later test find it


def test_the_standard_library_s_client_is_connected(mp: View) -> None:
    with mp.smtplib() as client:
        client.sendmail("a@x.test", ["b@x.test"], b"Subject: hi\r\n\r\n")
    assert mp.wait_for(to="b@x.test").subject == "hi"


WORKER = """
import os, smtplib, sys

for address in sys.stdin:
    with smtplib.SMTP(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"]), timeout=30) as client:
        client.sendmail("worker@acme.test", [address.strip()], b"Subject: From the queue\\r\\n\\r\\n")
"""


def test_a_worker_in_a_process_of_its_own_finds_it_by_variables(mp: View) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], env={**os.environ, **mp.env()}, stdin=subprocess.PIPE
    ) as worker:
        assert worker.stdin
        with mp.expect(to="ann@example.com", subject="From the queue", timeout=60):
            worker.stdin.write(b"ann@example.com\n")
            worker.stdin.close()
    assert worker.returncode == 0


def test_variables_name_host_port_login_and_page() -> None:
    with Mailpit(auth=("ann", "secret"), tls=True) as mp:
        env = mp.env()
        port = str(mp.smtp_port)
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port,
            "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "EMAIL_HOST_USER": "ann", "EMAIL_HOST_PASSWORD": "secret",
            "MAIL_USERNAME": "ann", "SMTP_PASSWORD": "secret", "EMAIL_USE_TLS": "true", "MAILPIT_URL": mp.url,
            "SMTP_URL": f"smtp://127.0.0.1:{port}", "SSL_CERT_FILE": str(mp.place.ca_path),
        }.items():  # fmt: skip
            assert env[name] == value
    with Mailpit() as mp:
        assert mp.env()["EMAIL_USE_TLS"] == "false"
        assert "SSL_CERT_FILE" not in mp.env()
