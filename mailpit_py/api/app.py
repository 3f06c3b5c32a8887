"""The Flask application of one sandbox: its parts put together, nothing global."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from flask_compress import Compress
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.routing.exceptions import WebsocketMismatch
from werkzeug.wrappers import Response as BaseResponse

from mailpit_py.api import cid, demo, docs, events, mailpit, native, probes, problem, shell, sns
from mailpit_py.api.checking import Adviser
from mailpit_py.api.context import Context
from mailpit_py.api.feed import Feed
from mailpit_py.api.hosts import HostList, read_names
from mailpit_py.api.library import Library
from mailpit_py.api.login import Login
from mailpit_py.api.memo import Memo
from mailpit_py.api.origins import read_origins
from mailpit_py.api.security import Gate
from mailpit_py.api.signature import Signer
from mailpit_py.api.url_rule import UrlRule
from mailpit_py.application.account import accounts_of
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.checks.outside import Outside
from mailpit_py.config import Config
from mailpit_py.resources import compatibility_data, static_directory

MAX_BODY = 5 << 20
UNLIMITED = 1 << 31
COMPRESSED = ["application/json", "application/problem+json", "text/html", "text/css", "text/javascript"]


class PublicId(BaseConverter):
    """An id in a path; anything else is not found before the store is asked."""

    regex = "[0-9A-Za-z]{22}"


class PartPath(BaseConverter):
    """The number of a part in a path, as in `1.2` or `2.TEXT`."""

    regex = r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,200}(?:\.TEXT)?"
    part_isolating = True


class RuleName(BaseConverter):
    """A rule's id or key in a path; one that is called like a view is found by its id."""

    regex = "(?!preview$)[^/]{1,300}"


class InboxName(BaseConverter):
    """The name of an inbox in a path."""

    regex = "[^/]{1,64}"


class DomainName(BaseConverter):
    """A domain, or `*.` and a domain, in a path."""

    regex = "[^/]{1,300}"


class Anything(BaseConverter):
    """Whatever stands in a path, slashes and nothing too: no id, but not found in the words of its route."""

    regex = "(?!/)(?:[^/]|/(?!/))*?"
    part_isolating = False


class Application(Flask):
    """A Flask application that can be told to end its live connections."""

    url_rule_class = UrlRule

    def close(self) -> None:
        """Say goodbye to every websocket (1001), end the feed, and count no more."""
        context: Context = self.extensions["mailpit"]
        context.feed.close()
        context.live.close()
        context.counting.shutdown(wait=False)


def create_app(
    sandbox: Sandbox, config: Config, *, ports: Mapping[str, int] | None = None, outside: Outside | None = None
) -> Application:
    """Build the application. `ports` are the real ones of listeners for which the system chose.

    `outside` is what checks of a message may ask; without it they ask nobody.

    Raises ConfigError for options that cannot be used.
    """
    app = Application("mailpit_py", static_folder=None, template_folder=None)
    webroot = config.webroot_path
    _configure(app, config)
    store = sandbox.store
    context = app.extensions["mailpit"] = Context(
        sandbox,
        config,
        Library(store),
        Feed(store),
        Signer(),
        Memo(store.journal),
        mailpit.feed(store),
        Adviser(compatibility_data(), outside or Outside()),
        ports=dict(ports or {}),
    )
    sandbox.inboxes.on_loss += [context.feed.wake, context.live.wake, store.journal.ring]
    problem.register(app, f"{webroot}api/", {f"{webroot}{one}": mailpit.failure.answer for one in mailpit.PREFIXES})
    login = _login(config.ui_auth_file, config.ui_auth, "MP_UI_AUTH")
    hosts = HostList(read_names(config.allowed_hosts), any_name=login is not None)
    Gate(hosts, read_origins(config.api_cors), login, _logins(config)).install(app)
    if config.demo_mode:
        demo.install(app)
    _add_routes(app, webroot, shell.Shell(static_directory(), webroot, private=login is not None))
    return app


def _configure(app: Flask, config: Config) -> None:
    app.url_map.converters.update(public_id=PublicId, part_path=PartPath, rule_name=RuleName)
    app.url_map.converters.update(inbox_name=InboxName, domain_name=DomainName, anything=Anything)
    app.url_map.merge_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_MESSAGE_LENGTH=config.max_message_size_bytes or UNLIMITED,
        MAX_FORM_MEMORY_SIZE=0,
        MAX_FORM_PARTS=0,
        SOCK_SERVER_OPTIONS=events.OPTIONS,
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_MIN_SIZE=1024,
        COMPRESS_STREAMS=False,
        COMPRESS_ALGORITHM=["zstd", "gzip"],
        COMPRESS_ZSTD_LEVEL=1,
        COMPRESS_LEVEL=3,
    )
    if not config.disable_http_compression:
        Compress(app)


def _logins(config: Config) -> dict[str, Login | None]:
    """Who may use the send API, where that is not whoever may use the page."""
    if config.send_api_auth_accept_any:
        return {mailpit.failure.SENDING: None}
    own = _login(config.send_api_auth_file, config.send_api_auth, "MP_SEND_API_AUTH")
    return {mailpit.failure.SENDING: own} if own else {}


def _login(file: str, words: str, variable: str) -> Login | None:
    accounts = accounts_of(file, words, variable)
    return None if accounts is None else Login(accounts)


def _add_routes(app: Flask, webroot: str, page: shell.Shell) -> None:
    base = webroot.rstrip("/")
    app.register_blueprint(probes.blueprint(), url_prefix=base)
    app.register_blueprint(cid.blueprint(), url_prefix=base)
    app.register_blueprint(sns.blueprint(), url_prefix=base)
    app.register_blueprint(shell.blueprint(page), url_prefix=base)
    for blueprint in (native.blueprint(), docs.blueprint(), events.blueprint()):
        app.register_blueprint(blueprint, url_prefix=f"{base}/api/v2")
    app.register_blueprint(mailpit.blueprint(), url_prefix=f"{base}/api/v1")
    app.register_blueprint(mailpit.events(), url_prefix=f"{base}/api")
    app.register_blueprint(mailpit.views(), url_prefix=base)

    if base:

        @app.get(base, provide_automatic_options=False)
        def to_webroot() -> BaseResponse:
            """Lead on to the page, by a relative address: a proxy in front may have another name and scheme."""
            return redirect(webroot)

    @app.errorhandler(404)
    @app.errorhandler(405)
    @app.errorhandler(WebsocketMismatch)
    def nowhere(error: HTTPException) -> Response:
        led = _led_on(webroot) or shell.page_or_file(page, webroot, error)
        told = led or mailpit.methods.settled(error, webroot)
        return told if isinstance(told, Response) else problem.answer(told)


def _led_on(webroot: str) -> Response | None:
    """Lead a path with doubled slashes or dots to the one that is meant: Mailpit's clients join addresses so."""
    path = re.sub("/{2,}", "/", posixpath.normpath(request.path)) + "/" * request.path.endswith("/")
    if path == request.path or not path.startswith(tuple(f"{webroot}{one}" for one in mailpit.PREFIXES)):
        return None
    query = request.query_string.decode("latin-1")
    address = quote(path) + (f"?{query}" if query else "")
    link = f'<a href="{escape(address)}">Temporary Redirect</a>.\n\n'  # RFC 9110 §15.4.8
    response = Response(link if request.method == "GET" else "", 307, mimetype="text/html")
    response.headers["Location"] = address
    return response
