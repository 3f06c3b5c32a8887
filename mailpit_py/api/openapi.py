"""The OpenAPI 3.1 document, made by SpecTree from the views' docstrings and models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app
from spectree import Response, SpecTree
from spectree.plugins.flask_plugin import FlaskPlugin

from mailpit_py import __version__
from mailpit_py.api.models import PUBLIC_ID
from mailpit_py.api.operation import JSON, Operation, operation_of
from mailpit_py.api.problem import MEDIA_TYPE
from mailpit_py.api.schemas import ProblemDetails

TITLE = "mailpit-py"
WORDS = """\
Catch mail in development: list it, read it, follow it live.

Answers are JSON; instants are RFC 3339 in UTC. Errors are problem details (RFC 9457): `status`, one sentence in
`detail`, and `errors` that name each wrong field. No GET changes anything. Lists are pages, newest first: `next` goes
into `before`, `previous` into `after`.

**Live**: open a websocket at `/api/v2/events?after=<cursor>` with the `cursor` of a list. Each frame is
`{"cursor", "changes", "counts"}`; a change is `added` or `changed` (with `messages`), `removed` (with `ids`),
`delivery` (with the `ids` of messages of which something became), `cleared`, `rules`, `clock`, `sinks` or, of the
inbox `default`, `inboxes`.
`{"resync": true}` asks to read the list anew. Without `after` it begins now.
"""
TAGS = {
    "Messages": "List, search, mark, delete, put in.",
    "Content": "The bodies and parts of a message.",
    "Checks": "What mail programs, linked servers and a spam filter say of a message.",
    "Tags": "Words that messages are marked with.",
    "Sessions": "Connections, and transactions that ended without a message.",
    "Simulation": "Failure on demand: rules, what is remembered, what addresses can ask for.",
    "Reports": "What follows a message: its plan, reports read and checked, a bounce on request.",
    "Relay": "Mail that goes on to real people, through the servers that the operator has set.",
    "Clock": "Sandbox time, which plans, greylists and rates follow, and which can be turned.",
    "Inboxes": "Places for mail apart from each other, each with its own token, rules, clock and limits.",
    "Sinks": "Where reports and events go besides the inbox: SMTP servers and webhooks, each try, and their keys.",
    "Sandbox": "This sandbox.",
}
PATHS = {
    "public_id": ("The id of a message, attempt, session or sink.", {"type": "string", "pattern": PUBLIC_ID}),
    "rule": ("The id of a rule, or its key: its name, else a digest with # in front.", {"type": "string"}),
    "inbox": ("The name of an inbox.", {"type": "string"}),
    "domain": ("A domain, or `*.` and a domain for all below it too.", {"type": "string"}),
    "tag": ("The name of a tag, in any case.", {"type": "string"}),
    "path": ("The part, as in `1.2`.", {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)*(\.TEXT)?$"}),
}
ERRORS = {
    400: "The request could not be understood.",
    403: "A token of an inbox does not open this.",
    404: "There is no such thing.",
    409: "As things are, this cannot be done.",
    413: "The body is too large.",
    415: "The body has the wrong media type.",
    422: "A parameter or field cannot be used.",
    503: "Too many ask for this at once; try again after `Retry-After` seconds.",
    507: "There is no room left.",
}

Json = dict[str, Any]


def document(app: Flask) -> Json:
    """The document for one application, its webroot included. Needs an application context."""
    tree = SpecTree(
        "flask",
        backend=Catalogue,
        mode="strict",
        annotations=False,
        title=TITLE,
        version=__version__,
        description=WORDS,
        page_templates={},
        validation_error_model=ProblemDetails,
        naming_strategy=lambda model: model.__name__,
        nested_naming_strategy=lambda _parent, child: child,
    )
    found: Json = tree.spec
    found["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    found["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    for path, methods in found["paths"].items():
        for method, described in methods.items():
            _complete(described, _operation_at(app, path, method))
    return found


class Catalogue(FlaskPlugin):
    """What SpecTree sees: the views that describe themselves, each with what it says."""

    def find_routes(self) -> Iterator[Any]:
        """Every route whose view is an operation."""
        for rule in current_app.url_map.iter_rules():
            if operation_of(current_app.view_functions[rule.endpoint]) is not None:
                yield rule

    def parse_func(self, route: Any) -> Iterator[tuple[str, Any]]:
        """The route's methods, each with the view as SpecTree wants it."""
        view = current_app.view_functions[route.endpoint]
        spec = operation_of(view)
        assert spec is not None
        said = self.spectree.validate(
            query=spec.query,
            json=spec.body or spec.document_body,
            resp=Response(**{f"HTTP_{spec.status}": spec.returns}),
            tags=[spec.tag],
            skip_validation=True,
            operation_id=view.__name__,
        )(view)
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            yield method, said


def _operation_at(app: Flask, path: str, method: str) -> Operation:
    adapter = app.url_map.bind("localhost")
    sample = path.replace("{public_id}", "0" * 22).replace("{path}", "1")
    endpoint, _ = adapter.match(sample, method=method.upper())
    spec = operation_of(app.view_functions[endpoint])
    assert spec is not None
    return spec


def _complete(described: Json, spec: Operation) -> None:
    """Add what SpecTree cannot know: other media types, problems, the forms of ids."""
    responses = described["responses"]
    if spec.media != (JSON,):
        content = {one: {"schema": {"type": "string", "format": "binary"}} for one in spec.media}
        responses[str(spec.status)] = {"description": "OK", "content": content}
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    for status in sorted({*spec.errors, 422, *((404,) if spec.names_inbox else ())}):
        responses[str(status)] = {"description": ERRORS[status], "content": problem}
    for parameter in described["parameters"]:
        if parameter["in"] == "path":
            parameter["description"], parameter["schema"] = PATHS[parameter["name"]]
        parameter["schema"].pop("title", None)
