"""A small HTTP client of a running sandbox's own API, for the command line and for tests."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from mailpit_py.errors import MailpitError, is_told

__tracebackhide__ = is_told

DEFAULT_URL = "http://localhost:8025/"


class ClientError(MailpitError):
    """A request that had no success; `status` is 0 if there was no answer, `errors` name fields and reasons."""

    def __init__(self, text: str, status: int = 0, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.errors = errors

    def __str__(self) -> str:
        """The text, and a line for each field."""
        lines = [f"{field}: {reason}" if field else reason for field, reason in self.errors]
        return "\n  ".join([super().__str__(), *lines])


class Client:
    """The API of the sandbox whose page is at `url`, which may carry `name:password@`. Methods raise ClientError.

    Paths are below `prefix`. With the `token` of an inbox only that inbox is there. What `tls` trusts
    counts with HTTPS; without it what this machine trusts, or the file that SSL_CERT_FILE names. Set
    `inbox` for requests about another one than the first, where they do not name one themselves.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        timeout: float = 30,
        prefix: str = "api/v2/",
        token: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        place = parts.netloc.rpartition("@")[2]
        self._prefix = prefix
        self._base = urlunsplit((parts.scheme, place, f"{parts.path.rstrip('/')}/{prefix}", "", ""))
        self.inbox = ""
        self._timeout = timeout
        self._tls = tls
        self._headers = {"Accept": "application/json"}
        if parts.username is not None:
            given = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(given.encode()).decode()}"
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | float) -> Any:
        """Return the JSON answer at a path below /api/v2/."""
        return self._send("GET", path, None, query)

    def octets(self, path: str, **query: str | float) -> bytes:
        """Return the answer at a path below /api/v2/ as it is."""
        return self._octets("GET", path, None, query)

    def post(self, path: str, body: Any, **query: str | int) -> Any:
        """Return the answer to a new thing."""
        return self._send("POST", path, body, query)

    def put(self, path: str, body: Any, **query: str | int) -> Any:
        """Return the answer to what takes the place of something."""
        return self._send("PUT", path, body, query)

    def patch(self, path: str, body: Any, **query: str | int) -> Any:
        """Return the answer to a change."""
        return self._send("PATCH", path, body, query)

    def delete(self, path: str, **query: str | int) -> Any:
        """Return the answer to a deletion."""
        return self._send("DELETE", path, None, query)

    def _send(self, method: str, path: str, body: Any, query: Mapping[str, str | float]) -> Any:
        try:
            return json.loads(self._octets(method, path, body, query))
        except ValueError as error:
            raise ClientError(f"what answers at {self._place} is no sandbox: {error}") from None

    @property
    def _place(self) -> str:
        return self._base.removesuffix(self._prefix)

    def _octets(self, method: str, path: str, body: Any, query: Mapping[str, str | float]) -> bytes:
        words = urlencode({name: value for name, value in {"inbox": self.inbox, **query}.items() if value != ""})
        address = f"{self._base}{quote(path)}{f'?{words}' if words else ''}"
        data = None if body is None else json.dumps(body, default=_plain).encode()
        request = urllib.request.Request(address, data, dict(self._headers), method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout, context=self._tls) as answer:
                octets: bytes = answer.read()
                return octets
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error) from None
        except (OSError, ValueError) as error:
            raise ClientError(f"no sandbox answers at {self._place}: {_reason(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    """Why there is no answer; where it is the certificate, also what to do."""
    reason = getattr(error, "reason", error)
    if getattr(reason, "verify_code", 0):
        return f"its certificate is not trusted; name that of its authority in SSL_CERT_FILE ({reason})"
    return str(reason)


def _refused(error: urllib.error.HTTPError) -> ClientError:
    try:
        problem = json.loads(error.read())
        errors = tuple((one["field"], one["reason"]) for one in problem.get("errors", ()))
        return ClientError(str(problem["detail"]), error.code, errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ClientError(f"the sandbox answered {error.code} {error.reason}", error.code)


def _plain(value: Any) -> str:
    """Return what TOML has and JSON lacks."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
