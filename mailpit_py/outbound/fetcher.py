"""The one way out over HTTP: to checked addresses only, with limits on time and size, following nothing unasked."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urljoin

import httpx2

from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.resolver import Lookup, Unresolved, look_up, resolve
from mailpit_py.outbound.target import Endpoint, ascii_url
from mailpit_py.reach import Reach

HOPS_AT_MOST = 5
BODY_BYTES_AT_MOST = 50 << 20
CONNECTIONS = 256  # those that hang must leave some to others
IDLE_CONNECTIONS = 16
REDIRECTS = (301, 302, 303, 307, 308)
_LOST = "too many redirects"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is as sent, cut off at the limit (`is_cut`).

    Status 0 is no answer: `error` says all that is known of it, `reason` what a person asks for.
    """

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_cut: bool = False
    error: str = ""
    url: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `timeout` is for all of it, redirects included; `hops` is how many of them are followed.

    With no hops a redirect is the answer; after the last of several, one more is an error. `is_lenient` takes
    redirects as browsers do, from https to http, with letters beyond ASCII and without a password that they
    bring: for requests that carry no secret.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout: float = 10
    body_bytes: int = 64 << 10
    hops: int = 0
    is_lenient: bool = False


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches in the loop that it is used in; an async context manager.

    Names are looked up once for each hop, every address is checked against `reach`, and the
    connection goes to a checked address while Host and the name in TLS stay. No proxy and no
    .netrc of the environment, no cookie, and nothing is decompressed.
    """

    reach: Reach
    lookup: Lookup = look_up
    tls: ssl.SSLContext | None = None
    _transports: dict[str, httpx2.AsyncHTTPTransport] = field(default_factory=dict, init=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for transport in self._transports.values():
            await transport.aclose()

    def _transport(self, scheme: str) -> httpx2.AsyncHTTPTransport:
        """The connections of a scheme; to read the authorities of TLS waits for who needs them."""
        if scheme not in self._transports:
            limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=IDLE_CONNECTIONS)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if scheme == "https":
                tls = self.tls or ssl.create_default_context()
            self._transports[scheme] = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)
        return self._transports[scheme]

    async def fetch(self, call: Call) -> Answer:
        """Return the answer; what goes wrong on the way is an answer too. Raises TargetRefused for a target
        that may not be reached, at whatever hop."""
        try:
            async with asyncio.timeout(call.timeout):
                return await self._follow(call)
        except TimeoutError:
            return Answer(error=f"no answer within {call.timeout:g} seconds", url=call.url, reason="timeout")
        except Unresolved as error:
            return Answer(error=str(error), url=call.url, reason="no such host")
        except (httpx2.TransportError, httpx2.InvalidURL, OSError) as error:
            return Answer(error=f"{type(error).__name__}: {error}", url=call.url, reason=_reason(error))

    async def _follow(self, call: Call) -> Answer:
        endpoint, hops = Endpoint.parse(call.url), min(call.hops, HOPS_AT_MOST)
        while True:
            answer = await self._send(endpoint, call)
            place = next((value for name, value in answer.headers if name.lower() == "location"), None)
            if answer.status not in REDIRECTS or place is None or not call.hops:
                return answer
            if not hops:
                return Answer(error=_LOST, url=call.url, reason=_LOST)
            endpoint, hops = _next(endpoint, place, is_lenient=call.is_lenient), hops - 1
            if answer.status in (301, 302, 303):  # as every client does, RFC 9110 §15.4
                agent = tuple(one for one in call.headers if one[0].lower() == "user-agent")
                call = replace(call, method="HEAD" if call.method == "HEAD" else "GET", body=b"", headers=agent)

    async def _send(self, endpoint: Endpoint, call: Call) -> Answer:
        failure: Exception | None = None
        for address in await resolve(endpoint.host, endpoint.port, self.reach, self.lookup):
            try:
                request = _request(endpoint, address, call)
                response = await self._transport(endpoint.scheme).handle_async_request(request)
            except httpx2.ConnectError as error:  # the next address, as for localhost with two of them
                failure = error
                continue
            try:
                return await _read(response, min(call.body_bytes, BODY_BYTES_AT_MOST), endpoint.url)
            finally:
                await response.aclose()
        raise failure or Unresolved(f"{endpoint.host} has no address")


def _reason(error: BaseException) -> str:
    """Return what lies behind the error of a library, as in `connection refused`."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no TLS"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(error).rstrip(".").lower() or "connection closed"


def _request(endpoint: Endpoint, address: str, call: Call) -> httpx2.Request:
    """Return the request to an address, with the name where the server looks for it."""
    host = f"[{address.partition('%')[0]}]" if ":" in address else address
    own = [("Host", endpoint.authority), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    if endpoint.authorization:
        own.append(("Authorization", endpoint.authorization))
    if all(name.lower() != "user-agent" for name, _ in call.headers):
        own.append(("User-Agent", "mailpit-py"))
    seconds = dict.fromkeys(("connect", "read", "write", "pool"), call.timeout)
    return httpx2.Request(
        call.method,
        f"{endpoint.scheme}://{host}:{endpoint.port}{endpoint.path}",
        headers=[*own, *call.headers],
        content=call.body,
        extensions={"timeout": seconds, "sni_hostname": endpoint.host, "trace": _Handshake().follow},
    )


class _Handshake:
    """Ends a connection whose TLS handshake is broken off; the library does so after errors, not when cancelled."""

    def __init__(self) -> None:
        self._stream: Any = None

    async def follow(self, event: str, info: Mapping[str, Any]) -> None:
        """Take what the library tells of its steps (httpx's extension `trace`)."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
        elif event == "connection.start_tls.failed":
            await self._stream.aclose()


async def _read(response: httpx2.Response, limit: int, url: str) -> Answer:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            break
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    return Answer(response.status_code, headers, bytes(body[:limit]), len(body) > limit, url=url)


def _next(endpoint: Endpoint, place: str, *, is_lenient: bool) -> Endpoint:
    """Return where a redirect leads. Raises TargetRefused if it brings a password, or drops TLS unasked."""
    if is_lenient:
        octets = re.sub(r"[^\x00-\x7f]", lambda match: f"%{ord(match[0]):02X}", place)
        target = Endpoint.parse(ascii_url(urljoin(endpoint.url, octets)))
    else:
        target = Endpoint.parse(urljoin(endpoint.url, place))
    if target.authorization:
        raise TargetRefused("a redirect may not bring a user name")
    if not is_lenient and endpoint.scheme == "https" and target.scheme == "http":
        raise TargetRefused("a redirect may not lead from https to http")
    return target
