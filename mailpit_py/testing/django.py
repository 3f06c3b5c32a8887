"""Django's mail settings pointed at the server for a while, and put back as they were."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from mailpit_py.testing.source import Place

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@contextmanager
def sending_to(place: Place) -> Iterator[None]:
    """Send by SMTP to the server while this lasts, although Django's test runner has replaced the backend.

    All connections of `MAILERS` (Django 6.1 and later) are pointed at it. Threads and tasks that
    run meanwhile are meant as well: settings are the process's.
    """
    settings: Any = import_module("django.conf").settings  # the project's own Django
    override = import_module("django.test").override_settings(**changes(settings, place))
    with _without_warnings():
        override.enable()
    try:
        yield
    finally:
        with _without_warnings():
            override.disable()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Let Django say nothing of EMAIL_* in place of MAILERS: which a project has is its own concern, not that of us."""
    with warnings.catch_warnings():
        for kind in (PendingDeprecationWarning, DeprecationWarning):
            warnings.simplefilter("ignore", kind)
        yield


def changes(settings: Any, place: Place) -> dict[str, Any]:
    """Return the settings that differ while mail goes to the server."""
    mailers = getattr(settings, "MAILERS", None)
    if mailers is not None:  # also without an entry: then nothing is sent, and EMAIL_* must not be there
        return {"MAILERS": {name: _mailer(given, place) for name, given in mailers.items()}}
    return {
        "EMAIL_BACKEND": BACKEND,
        "EMAIL_HOST": place.smtp_host,
        "EMAIL_PORT": place.smtp_port,
        "EMAIL_HOST_USER": place.user,
        "EMAIL_HOST_PASSWORD": place.password,
        "EMAIL_USE_TLS": place.ca_path is not None,
        "EMAIL_USE_SSL": False,
        "EMAIL_SSL_CERTFILE": None,
        "EMAIL_SSL_KEYFILE": None,
    }


def _mailer(given: dict[str, Any], place: Place) -> dict[str, Any]:
    options: dict[str, Any] = {"host": place.smtp_host, "port": place.smtp_port}
    if place.user:
        options |= {"username": place.user, "password": place.password}
    if place.ca_path is not None:
        options["use_tls"] = True
    return {**given, "BACKEND": BACKEND, "OPTIONS": options}
