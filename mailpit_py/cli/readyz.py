"""`mailpit-py readyz`: is a sandbox up? For health checks and start scripts."""

from __future__ import annotations

import http.client
import posixpath
import re
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from mailpit_py.bind import Bind

Command = TypeVar("Command", bound=Callable[..., Any])
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _seconds(_: click.Context, __: click.Parameter, text: str) -> float:
    """Read seconds, or a time as Go writes it: 30, 1m30s, 500ms."""
    if re.fullmatch(r"\d+\.?\d*|\.\d+", text):
        return float(text)
    parts = re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)", text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text:
        raise click.BadParameter(f"write it as 30, 30s or 1m30s, not {text!r}")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _switch(name: str, text: str) -> Callable[[Command], Command]:
    """Declare a switch that also takes `=true` and `=false`, as those of the sandbox do; None if it is not given."""
    return click.option(name, type=click.BOOL, is_flag=False, flag_value="true", metavar="", help=text)


@click.command("readyz")
@click.option("--listen", "-l", metavar="ADDRESS", help="Where it listens; else what the sandbox's options say.")
@click.option("--webroot", metavar="PATH", help="Its path; else what the sandbox's options say.")
@_switch("--https", "Ask over TLS, unchecked; also when --ui-tls-cert is set.")
@_switch("--wait", "Keep asking until it is ready.")
@click.option(
    "--timeout", default="30s", show_default=True, metavar="TIME", callback=_seconds, help="How long --wait waits."
)
@click.pass_obj
def command(  # noqa: PLR0913 - click hands over one argument an option
    settings: Mapping[str, Any],
    listen: str | None,
    webroot: str | None,
    https: bool | None,
    wait: bool | None,
    timeout: float,
) -> None:
    """Exit with 0 when a sandbox answers that it is ready, with 1 when not."""
    https = bool(settings["ui_tls_cert"]) if https is None else https
    url = readiness_url(listen or settings["listen"], webroot or settings["webroot"], https=https)
    deadline = time.monotonic() + (timeout if wait else 0)
    while (trouble := ask(url)) is not None:
        if time.monotonic() >= deadline:
            raise click.ClickException(f"{url} is not ready: {trouble}")
        time.sleep(0.1)


def readiness_url(listen: str, webroot: str, *, https: bool) -> str:
    """The address to ask: a wildcard address is asked on loopback."""
    try:
        bind = Bind.parse(listen)
    except ValueError as error:
        raise click.UsageError(f"--listen: {error}") from None
    if bind.path is not None:
        raise click.UsageError("--listen: a socket file cannot be asked; use the address of a port")
    host = {"0.0.0.0": "127.0.0.1", "::": "localhost"}.get(bind.hosts[0], bind.hosts[0])
    path = posixpath.normpath(f"/{webroot}/readyz").lstrip("/")
    return f"{'https' if https else 'http'}://{f'[{host}]' if ':' in host else host}:{bind.port}/{path}"


def ask(url: str) -> str | None:
    """None when the answer is 200, else what is wrong, in words."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl._create_unverified_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=5, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return None if status == 200 else f"it answered {status}"
