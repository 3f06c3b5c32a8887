"""Mail for the browser's tests, written and sent as an app would."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from playwright.sync_api import Locator, Page

from mailpit_py.node import Node


def mail(subject: str = "Hello", text: str = "It works.", html: str = "", **fields: str) -> EmailMessage:
    """A mail from Acme to Ann."""
    message = EmailMessage()
    message["From"] = fields.pop("sender", "Acme <hi@acme.test>")
    message["To"] = fields.pop("to", "Ann <ann@x.test>")
    message["Subject"] = subject
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def send(node: Node, *messages: EmailMessage, recipients: tuple[str, ...] = ("ann@x.test",)) -> None:
    """Send over SMTP, one after the other."""
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=10) as client:
        for message in messages:
            client.send_message(message, "bounce@acme.test", list(recipients))


def rows(page: Page) -> Locator:
    """The rows that are drawn."""
    return page.locator("[data-row]")


def row(page: Page, subject: str) -> Locator:
    """The row with this subject."""
    return rows(page).filter(has_text=subject)
