"""django-anymail's own views in a small Django project: what it makes of a request, as normalised events."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings

from mailpit_py.webhooks.request import Hook, Request

PASSWORD = "app:secret"
# Our provider's name, and the path of the view that takes its events.
PATHS = {
    "ses": "/anymail/amazon_ses/tracking/",
    "ses_identity": "/anymail/amazon_ses/tracking/",
    "sendgrid": "/anymail/sendgrid/tracking/",
    "mailgun": "/anymail/mailgun/tracking/",
    "postmark": "/anymail/postmark/tracking/",
    "sparkpost": "/anymail/sparkpost/tracking/",
    "mailjet": "/anymail/mailjet/tracking/",
    "resend": "/anymail/resend/tracking/",
}


def configure(hook: Hook) -> None:
    """Set Django up once, with the keys that a user pastes into the app's settings."""
    if settings.configured:
        return
    settings.configure(
        ALLOWED_HOSTS=["testserver"],
        DEFAULT_CHARSET="utf-8",
        INSTALLED_APPS=["anymail"],
        ROOT_URLCONF="anymail.urls_of_the_tests",
        SECRET_KEY="of the tests",
        ANYMAIL={
            "WEBHOOK_SECRET": PASSWORD,
            "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": hook.keys.public_key,
            "MAILGUN_WEBHOOK_SIGNING_KEY": hook.keys.secret("mailgun"),
            "RESEND_SIGNING_SECRET": hook.keys.secret("resend"),
        },
    )
    _urls()
    django.setup()


def _urls() -> None:
    import sys
    import types

    from django.urls import include, path

    module = types.ModuleType("anymail.urls_of_the_tests")
    module.urlpatterns = [path("anymail/", include("anymail.urls"))]  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module


def post(provider: str, request: Request, *, password: str = PASSWORD) -> tuple[int, list[Any]]:
    """Post a request to anymail's view; the status, and the events that it tells the app."""
    from django.test import Client

    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers}
    content_type = headers.pop("HTTP_CONTENT_TYPE")
    if password:
        headers["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(password.encode()).decode()}"
    with received() as events, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anymail has no account at SendGrid any more, and says so at each request
        answer = Client(raise_request_exception=False).post(
            PATHS[provider], data=request.body, content_type=content_type, **headers
        )
    return answer.status_code, events


@contextmanager
def received() -> Iterator[list[Any]]:
    """The events that anymail signals meanwhile."""
    from anymail.signals import tracking

    events: list[Any] = []

    def keep(event: Any, **_: Any) -> None:
        events.append(event)

    tracking.connect(keep)
    try:
        yield events
    finally:
        tracking.disconnect(keep)
