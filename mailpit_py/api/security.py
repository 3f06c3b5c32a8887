"""The one place that every request and every response passes: host, origin, login, body, headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, request

from mailpit_py.api import headers, token
from mailpit_py.api.hosts import HostList
from mailpit_py.api.login import Login, Verdict
from mailpit_py.api.origins import Caller, Origins, advice, is_foreign
from mailpit_py.api.problem import Problem

PROBES = frozenset({"probes.livez", "probes.readyz"})
SIGNED = frozenset({"cid.image"})
WITHOUT_LOGIN = frozenset({"sns.certificate", "sns.act"})  # a token is the key, and a certificate is public
READING = frozenset({"GET", "HEAD", "OPTIONS"})
CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
CORS_HEADERS = "Authorization, *"  # the star stands for every other one (Fetch §4.8)


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides which requests go on, and completes every response.

    The decision is made on the matched endpoint, never on the path as written, so that no
    spelling of a path goes around it.
    """

    hosts: HostList
    origins: Origins = field(default_factory=Origins)
    login: Login | None = None
    logins: Mapping[str, Login | None] = field(default_factory=dict)  # of endpoints that ask for another one

    def install(self, app: Flask) -> None:
        """Let `app` ask this gate before and after each request."""
        app.before_request(self.admit)
        app.after_request(self.complete)

    def admit(self) -> Response | None:
        """Raise the problem for which this request is refused; answer a permitted preflight; else let it pass."""
        if request.endpoint in PROBES:
            return None
        self._check_host()
        if request.method == "OPTIONS" and request.environ.get("REQUEST_URI") == "*":
            return Response()  # of the server as a whole: RFC 9110 §9.3.7
        if request.endpoint not in SIGNED:
            self._check_origin()
            if self._is_preflight():
                return Response(status=204)
            if request.endpoint not in WITHOUT_LOGIN:
                self._check_login()
        _check_body()
        return None

    def complete(self, response: Response) -> Response:
        """Put the headers of every response on this one, and the CORS headers for a permitted origin."""
        origin = request.headers.get("Origin")
        if self.origins and request.endpoint not in PROBES:
            response.headers.add("Vary", "Origin")
            if origin is not None and origin in self.origins:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "Content-Disposition, Location"
                if self._is_preflight():
                    response.headers["Access-Control-Allow-Methods"] = CORS_METHODS
                    response.headers["Access-Control-Allow-Headers"] = CORS_HEADERS
                    response.headers["Access-Control-Max-Age"] = "600"
        return headers.seal(response)

    def _check_host(self) -> None:
        given = request.headers.get("Host", "")
        if not given and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            return  # no browser, and no name that DNS could have turned
        if not self.hosts.accepts(given):
            name = _shown(given.rpartition(":")[0] or given)
            raise Problem(
                403,
                f"This sandbox does not answer to the name {name!r}, which protects it against DNS rebinding. "
                f"If it is yours, start with --allowed-hosts={name} or MP_ALLOWED_HOSTS={name}.",
                kind="host",
            )

    def _check_origin(self) -> None:
        if self.origins.every and not request.headers.get("Origin", "?"):
            return  # no page: browsers name an origin, or `null`
        caller = _caller()
        if is_foreign(caller, self.origins):
            origin = _shown(caller.origin or "")
            raise Problem(403, "Another site's page made this request." + advice(origin), kind="origin")

    def _is_preflight(self) -> bool:
        """A preflight carries no credentials (Fetch §4.8), and says only what `api_cors` allows."""
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return asked and request.headers.get("Origin", "") in self.origins

    def _check_login(self) -> None:
        header = request.headers.get("Authorization")
        secret = token.token_in(header)
        if secret is not None:
            if not token.admit(secret):
                challenge = {"WWW-Authenticate": 'Bearer realm="mailpit-py", error="invalid_token"'}
                raise Problem(
                    401, "This token opens no inbox; it may have been replaced.", kind="login", headers=challenge
                )
            return
        login = self.logins.get(request.endpoint or "", self.login)
        if login is None:
            return
        verdict = login.judge(header, request.remote_addr or "")
        if verdict is Verdict.THROTTLED:
            text = "Too many wrong passwords from this address; wait a minute."
            raise Problem(429, text, kind="throttled", headers={"Retry-After": "60"})
        if verdict is Verdict.REFUSED:
            challenge = {"WWW-Authenticate": 'Basic realm="mailpit-py", charset="UTF-8"'}
            raise Problem(401, "This sandbox asks for a name and a password.", kind="login", headers=challenge)


def _caller() -> Caller:
    given = request.headers
    return Caller(
        method=request.method,
        host=given.get("Host", ""),
        origin=given.get("Origin"),
        site=given.get("Sec-Fetch-Site"),
        destination=given.get("Sec-Fetch-Dest"),
    )


def _check_body() -> None:
    is_message = request.endpoint == "api.add_message" and request.mimetype == "message/rfc822"
    if is_message or request.endpoint == "v1.send_message":
        request.max_content_length = current_app.config["MAX_MESSAGE_LENGTH"]
    length, limit = request.content_length, request.max_content_length
    if length is not None and limit is not None and length > limit:
        raise Problem(413, f"The body is larger than {limit} bytes.")
    has_body = bool(length) or "Transfer-Encoding" in request.headers
    if has_body and request.method not in READING and _caller().is_browser and not request.is_json:
        raise Problem(415, "From a web page a body must be application/json.", kind="media-type")


def _shown(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:100]
