"""The document of Mailpit's API: true of our routes, and every answer true of Mailpit's own document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from werkzeug.test import Client

from mailpit_py.api import Application
from mailpit_py.api.mailpit.document import document
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.mailpit.test_message import HTML, PDF_FILE, TEXT, image, multipart
from tests.api.mailpit.test_sending import FULL

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "mailpit-swagger.json"
METHODS = {"GET", "PUT", "POST", "DELETE"}


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    if not REFERENCE.is_file():
        pytest.skip(f"needs Mailpit's own document at {REFERENCE}")
    value: dict[str, Any] = json.loads(REFERENCE.read_text("utf-8"))
    return value


def operations(value: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        one["operationId"]: (method, path)
        for path, methods in value["paths"].items()
        for method, one in methods.items()
    }


def test_it_names_every_route_and_no_other(app: Application) -> None:
    routed = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", "{}", rule.rule)
        if path.startswith((f"{V1}/", "/view/")) and not path.endswith(
            ("swagger.json", "/view/latest", f"{V1}/", "index.html")
        ):
            routed |= {(method.lower(), path) for method in (rule.methods or set()) & METHODS}
    named = {(method, re.sub(r"{\w+}", "{}", path)) for method, path in operations(document()).values()}
    assert named == routed


def test_it_is_served_with_the_path_that_it_is_served_under(make_app: Any) -> None:
    served = make_app(webroot="/mail/").test_client().get(f"/mail{V1}/swagger.json")
    assert served.content_type == "application/json"
    assert served.data.startswith(b'{"basePath":"/mail",')
    plain = make_app().test_client().get(f"{V1}/swagger.json").json
    assert "basePath" not in plain
    assert plain == json.loads(json.dumps(document()))


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document())
    assert set(re.findall(r'"#/definitions/(\w+)"', text)) <= document()["definitions"].keys()


def test_operations_are_those_of_mailpit(reference: dict[str, Any]) -> None:
    theirs = operations(reference)
    assert operations(document()) == theirs
    for name, (method, path) in theirs.items():
        own, other = (one["paths"][path][method] for one in (document(), reference))
        named = {(one["name"], one["in"]) for one in own["parameters"]}
        assert named >= {(one["name"], one["in"]) for one in other.get("parameters", ())}, name
        assert own["tags"] == other["tags"]


def test_shapes_are_those_of_mailpit(reference: dict[str, Any]) -> None:
    ours = document()["definitions"]
    for name, shape in reference["definitions"].items():
        if name in ours:
            missing = shape["properties"].keys() - ours[name]["properties"].keys()
            more = ours[name]["properties"].keys() - shape["properties"].keys()
            assert (missing, more - {"count"}) == (set(), set()), name
    assert {"HTMLCheckResponse", "LinkCheckResponse", "SpamAssassinResponse"} <= ours.keys()


def schema_of(described: dict[str, Any], operation: str, status: int = 200) -> dict[str, Any]:
    """The schema of an operation's answer; where Mailpit itself gives null for a list, null is allowed."""
    method, path = operations(described)[operation]
    answer = described["paths"][path][method]["responses"][str(status)]
    while "$ref" in answer:
        answer = described["responses"][answer["$ref"].rpartition("/")[2]]
    definitions = nullable(described["definitions"])
    for name in ("To", "Cc", "Bcc", "ReplyTo"):
        definitions["MessageSummary"]["properties"][name]["type"] = ["array", "null"]
    return {**nullable(answer["schema"]), "definitions": definitions}


def nullable(schema: Any) -> Any:
    """A schema of OpenAPI 2 as JSON Schema: what is `x-nullable` may be null."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shape = {name: nullable(value) for name, value in schema.items()}
    return {**shape, "type": [shape["type"], "null"]} if shape.get("x-nullable") else shape


def closed(schema: Any) -> Any:
    """The same with no members but those that are named, so that a member of another name is a mistake."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shape = {name: closed(value) for name, value in schema.items()}
    if isinstance(shape.get("properties"), dict) and shape.get("type") == "object":
        known = {*shape["properties"], *OURS}
        shape["properties"] = {**{name: {} for name in known}, **shape["properties"]}
        shape["additionalProperties"] = False
        shape["required"] = sorted(set(shape["properties"]) - OURS)
    return shape


# `count` and `RecipientAllowlist` are Mailpit's own, though its document lacks them; `Read` is ours.
OURS = {"count", "RecipientAllowlist", "Read"}

ANSWERS = [
    ("GetMessagesParams", f"{V1}/messages"),
    ("GetMessagesParams", f"{V1}/messages?limit=0"),
    ("SearchParams", f"{V1}/search?query=is:unread"),
    ("SearchParams", f"{V1}/search?query=nothing"),
    ("GetMessageParams", f"{V1}/message/latest"),
    ("GetMessageParams", f"{V1}/message/latest?query=bare"),
    ("GetMessageParams", f"{V1}/message/latest?query=subject:HTTP"),
    ("GetHeadersParams", f"{V1}/message/latest/headers"),
    ("AppInformation", f"{V1}/info"),
    ("WebUIConfigurationResponse", f"{V1}/webui"),
    ("GetAllTags", f"{V1}/tags"),
]


@pytest.mark.parametrize(("operation", "path"), ANSWERS)
def test_answers_are_true_of_mailpit_s_document(
    reference: dict[str, Any], client: Client, mail: Mail, operation: str, path: str
) -> None:
    mail.receive(b"Subject: bare\r\n\r\n", "", "ann@example.com")
    client.post(f"{V1}/send", json=FULL)
    public_id = mail.receive(multipart("mixed", multipart("related", TEXT, HTML, image()), PDF_FILE).encode())
    client.put(f"{V1}/tags", json={"IDs": [public_id], "Tags": ["one"]})
    answer = client.get(path)
    assert answer.status_code == 200
    jsonschema.validate(answer.json, closed(schema_of(reference, operation)))


def test_what_is_sent_and_chaos_are_true_of_mailpit_s_document(reference: dict[str, Any], chaotic: Client) -> None:
    for operation, answer in (
        ("SendMessageParams", chaotic.post(f"{V1}/send", json=FULL)),
        ("getChaos", chaotic.get(f"{V1}/chaos")),
        ("setChaosParams", chaotic.put(f"{V1}/chaos", json={})),
    ):
        jsonschema.validate(answer.json, closed(schema_of(reference, operation)))


def test_a_wrong_answer_would_be_noticed(reference: dict[str, Any]) -> None:
    schema = closed(schema_of(reference, "GetAllTags"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([1], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"messages": []}, closed(schema_of(reference, "GetMessagesParams")))
