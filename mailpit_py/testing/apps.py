"""Pointing applications at the server: the settings of frameworks and libraries, by variable and by name."""

from __future__ import annotations

from typing import Any

from mailpit_py.testing.source import Place


def env(place: Place) -> dict[str, str]:
    """Return the variables from which applications usually read where mail goes.

    Names of Django (`EMAIL_*`), Flask and FastAPI (`MAIL_*`), Rails and Node.js (`SMTP_*`), and the
    address of the page (`MAILPIT_URL`).
    """
    tls = "true" if place.ca_path else "false"
    values = {
        "MAILPIT_URL": place.url,
        "SMTP_URL": f"smtp://{place.smtp_host}:{place.smtp_port}",
    }
    for prefix, host, user in (
        ("SMTP", "HOST", "USER"),
        ("SMTP", "SERVER", "USERNAME"),
        ("EMAIL", "HOST", "HOST_USER"),
        ("MAIL", "SERVER", "USERNAME"),
        ("MAIL", "HOST", "USER"),
    ):
        values |= {f"{prefix}_{host}": place.smtp_host, f"{prefix}_PORT": str(place.smtp_port)}
        values[f"{prefix}_{user}"] = place.user
        values["EMAIL_HOST_PASSWORD" if prefix == "EMAIL" else f"{prefix}_PASSWORD"] = place.password
        values[f"{prefix}_USE_TLS"] = tls
    if place.ca_path is not None:
        values["SSL_CERT_FILE"] = str(place.ca_path)
    return values


def flask_mail(place: Place) -> dict[str, Any]:
    """Return the settings of Flask-Mail, for `app.config.update`; before `Mail(app)` reads them.

    MAIL_SUPPRESS_SEND is off, since Flask-Mail sends nothing while `TESTING` is on.
    """
    return {
        "MAIL_SERVER": place.smtp_host,
        "MAIL_PORT": place.smtp_port,
        "MAIL_USE_TLS": place.ca_path is not None,
        "MAIL_USE_SSL": False,
        "MAIL_USERNAME": place.user or None,
        "MAIL_PASSWORD": place.password or None,
        "MAIL_SUPPRESS_SEND": False,
    }


def fastapi_mail(place: Place) -> dict[str, Any]:
    """Return the keywords of FastAPI-Mail's ConnectionConfig that say where mail goes."""
    return {
        "MAIL_SERVER": place.smtp_host,
        "MAIL_PORT": place.smtp_port,
        "MAIL_USERNAME": place.user,
        "MAIL_PASSWORD": place.password,
        "MAIL_STARTTLS": place.ca_path is not None,
        "MAIL_SSL_TLS": False,
        "USE_CREDENTIALS": bool(place.user),
        "VALIDATE_CERTS": False,
        "SUPPRESS_SEND": 0,
    }
