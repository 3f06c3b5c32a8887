"""A Django project and its tests, as people write them: what is run by each Django that there is."""

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
    assert "locmem.EmailBackend" in str(getattr(settings, "MAILERS", None) or settings.EMAIL_BACKEND)

class SignUp(TestCase):
    @pytest.fixture(autouse=True)
    def _mailpit(self, mailpit):
        self.mailpit = mailpit

    def test_class(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/order", {"email": "eve@example.com"})
        self.assertEqual(self.mailpit.wait_for(to="eve@example.com").subject, "Your order")
"""
