"""The examples of docs/testing.md, run as they stand, in a small shop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailpit_py.testing import Mailpit

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/testing.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
DJANGO = [text for text in EXAMPLES if "django" in text]

# What the examples take for granted: a shop that sends mail, and clients of it.
CONFTEST = """
import smtplib
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import localtime, make_msgid

import pytest
from flask import Flask
from flask_mail import Mail


STATUS = "message/delivery-status"
NEWSLETTER = [
    ("List-Unsubscribe", "<https://shop.example/leave/1>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
]


class Shop:
    def __init__(self, mailpit):
        self.mailpit = mailpit

    def send(self, subject, text, *to, pdf=None, fields=()):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "hi@acme.test", to[0], subject
        for name, value in (("Date", localtime()), ("Message-ID", make_msgid()), *fields):
            message[name] = value
        message.set_content(text)
        if pdf:
            message.add_attachment(pdf, maintype="application", subtype="pdf", filename="receipt.pdf")
        with smtplib.SMTP(self.mailpit.smtp_host, self.mailpit.smtp_port) as client:
            client.send_message(message, to_addrs=to)

    def invite(self, address, tries=1):
        for _ in range(tries):
            try:
                self.send("Invitation", "Come", address)
            except smtplib.SMTPRecipientsRefused as error:
                self.bad = {one for one, (code, _) in error.recipients.items() if code >= 500}
            else:
                return

    def send_newsletter(self, address):
        self.send("News", "New things", address, fields=NEWSLETTER)

    def is_marked_as_bad(self, address):
        return address in self.bad

    def read_bounce(self, raw):
        (status,) = [part for part in message_from_bytes(raw).walk() if part.get_content_type() == STATUS]
        return status.get_payload()[1]["Final-Recipient"].partition(";")[2].strip()

    def post(self, path, form):
        text = "Confirm: https://shop.test/confirm/1\\n\\nYour code is 481516\\n"
        threading.Timer(0.02, self.send, ["Welcome", text, form["email"], "audit@acme.test"]).start()

    def remind_everybody(self):
        for address in ("ann@example.com", "eve@example.com"):
            self.send("Reminder", "Do", address)

    def pay(self):
        threading.Timer(0.02, self.send, ["Receipt", "Thanks", "ann@example.com"], {"pdf": b"%PDF-1"}).start()


@pytest.fixture
def shop(mailpit):
    return Shop(mailpit)


@pytest.fixture
def client(shop):
    return shop


@pytest.fixture
def app():
    return Flask("shop")


@pytest.fixture
def mail():
    return Mail()
"""


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported() -> None:
    """A run inside this process takes back its imports, and some libraries can be imported but once."""
    with Mailpit() as mp, mp.smtplib() as client:
        client.sendmail("a@x.test", ["b@x.test"], b"\r\n")
        mp.wait_for()


def test_the_examples_do_what_they_say(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    names = [f"test_{number}.py" for number, text in enumerate(EXAMPLES) if text not in DJANGO]
    for number, text in enumerate(EXAMPLES):
        head = "from fastapi_mail import ConnectionConfig\n" if "ConnectionConfig" in text else ""
        (pytester.path / f"test_{number}.py").write_text(head + text, "utf-8")
    tests = sum(len(re.findall(r"^ *def test_", text, re.MULTILINE)) for text in EXAMPLES if text not in DJANGO)
    assert tests >= 6
    pytester.runpytest_inprocess("-p", "no:cov", "-p", "no:cacheprovider", *names).assert_outcomes(passed=tests)


def test_the_django_example_is_the_one_that_the_django_project_runs() -> None:
    (text,) = DJANGO
    sample = (ROOT / "tests/testing/django_project.py").read_text("utf-8")
    for line in ("captureOnCommitCallbacks(execute=True)", 'self.client.post("/order", {"email": "eve@example.com"})'):
        assert line in text
        assert line in sample
