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

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]

SETTINGS = """
import os

SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x.db", "TEST": {"NAME": "test.db"}}}
STATIC_URL = "/static/"
ROOT_URLCONF = "shop"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
MIDDLEWARE = []
EMAIL_HOST = "mail.production.test"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = "apikey"
EMAIL_HOST_PASSWORD = "secret"
EMAIL_USE_TLS = True
DEFAULT_FROM_EMAIL = "shop@acme.test"
"""

SHOP = """
import threading

from email import message_from_bytes

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

STATUS = "message/delivery-status"

def signup(request):
    address = request.POST["email"]
    User.objects.create_user(address, address)
    message = EmailMultiAlternatives("Welcome", "Your code is 481516", to=[address], bcc=["audit@acme.test"])
    message.attach_alternative('<a href="https://shop.test/confirm/1">Confirm</a> Your code is 481516', "text/html")
    message.send()
    return HttpResponse("ok")

def reset(request):
    user = User.objects.get(email=request.POST["email"])
    link = f"https://shop.test/reset/{user.pk}/{default_token_generator.make_token(user)}"
    send_mail("Reset your password", f"Choose a new one: {link}", None, [user.email])
    return HttpResponse("ok")

def choose(request, number, token):
    user = User.objects.get(pk=number)
    return HttpResponse(status=200 if default_token_generator.check_token(user, token) else 403)

def invoice(request):
    message = EmailMultiAlternatives("Invoice 12", "As agreed", to=[request.POST["email"]])
    message.attach("invoice-12.pdf", b"%PDF-1.7 ...", "application/pdf")
    message.send()
    return HttpResponse("ok")

def bounce(request):
    (status,) = [one for one in message_from_bytes(request.body).walk() if one.get_content_type() == STATUS]
    address = status.get_payload()[1]["Final-Recipient"].partition(";")[2].strip()
    User.objects.filter(email=address).update(is_active=False)
    return HttpResponse("ok")

def order(request):
    address = request.POST["email"]
    with transaction.atomic():
        transaction.on_commit(lambda: send_mail("Your order", "Thanks", None, [address]))
    return HttpResponse("ok")

def later(request):
    address = request.POST["email"]
    threading.Timer(0.05, send_mail, ["Later", "Late", None, [address]]).start()
    return HttpResponse("ok")

urlpatterns = [
    *(path(view.__name__, view) for view in (signup, reset, invoice, bounce, order, later)),
    path("reset/<int:number>/<token>", choose),
]
"""

TESTS = """
import urllib.request
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.test import TestCase

@pytest.mark.django_db
def test_sign_up(client, mailpit):
    client.post("/signup", {"email": "ann@example.com"})
    message = mailpit.wait_for(to="ann@example.com", subject="Welcome")
    assert message.link("Confirm") == "https://shop.test/confirm/1"
    assert message.code() == "481516"
    assert message.recipients == ("ann@example.com", "audit@acme.test")
    assert "Bcc" not in message.headers
    assert not hasattr(mail, "outbox") or mail.outbox == []

@pytest.mark.django_db
def test_password_reset(client, mailpit):
    client.post("/signup", {"email": "ann@example.com"})
    client.post("/reset", {"email": "ann@example.com"})
    link = mailpit.wait_for(to="ann@example.com", subject="Reset").link()
    assert client.get(link.removeprefix("https://shop.test")).status_code == 200

@pytest.mark.django_db
def test_invoice(client, mailpit):
    client.post("/invoice", {"email": "ann@example.com"})
    mailpit.wait_for(subject="Invoice 12").check.attachment("invoice-12.pdf", content_type="application/pdf")

@pytest.mark.django_db
def test_who_bounces_gets_no_more_mail(client, mailpit):
    client.post("/signup", {"email": "gone@example.com"})
    report = mailpit.bounce(mailpit.wait_for(to="gone@example.com"), "unknown_user", recipients=["gone@example.com"])
    client.post("/bounce", report.raw, content_type="message/rfc822")
    assert not User.objects.get(email="gone@example.com").is_active

@pytest.mark.django_db
def test_order_needs_the_commit(client, mailpit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/order", {"email": "ann@example.com"})
    mailpit.wait_for(subject="Your order")

@pytest.mark.django_db(transaction=True)
def test_order_in_a_real_transaction(client, mailpit):
    client.post("/order", {"email": "ann@example.com"})
    mailpit.wait_for(subject="Your order")

@pytest.mark.django_db(transaction=True)
def test_mail_of_a_live_server_s_thread(live_server, mailpit):
    with mailpit.expect(to="bob@example.com", subject="Later"):
        urllib.request.urlopen(live_server.url + "/later", b"email=bob@example.com", timeout=10)

def test_the_outbox_still_works(mailoutbox):
    mail.send_mail("kept", "x", None, ["ann@example.com"])
    assert [one.subject for one in mailoutbox] == ["kept"]
    assert settings.EMAIL_BACKEND.endswith("locmem.EmailBackend")

class SignUp(TestCase):
    @pytest.fixture(autouse=True)
    def _mailpit(self, mailpit):
        self.mailpit = mailpit

    def test_class(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/order", {"email": "eve@example.com"})
        self.assertEqual(self.mailpit.wait_for(to="eve@example.com").subject, "Your order")
"""

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
    shop.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = settings\nmailpit_autouse = true\n")
    shop.runpytest_subprocess("-W", "error", "test_shop.py", "-n", "2", timeout=300).assert_outcomes(passed=9)


@pytest.mark.timeout(400)
def test_without_autouse_a_fixture_points_django_at_it_for_one_test(shop: pytest.Pytester) -> None:
    shop.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = settings\nmailpit_env = EMAIL_PORT\n")
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
