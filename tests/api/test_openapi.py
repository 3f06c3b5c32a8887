"""The OpenAPI document: complete, correct, and true of what the views answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, info_schemas, schemas
from mailpit_py.api.operation import operation_of
from tests.api.conftest import API, Mail


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    """The document as a client gets it."""
    answer = client.get(f"{API}/openapi.json")
    assert answer.mimetype == "application/json"
    return answer.json or {}


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_it_is_openapi_3_1_with_every_view_of_the_api(app: Application, document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    described = {operation["operationId"] for operation in operations(document)}
    views = {
        rule.endpoint.removeprefix("api.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and operation_of(app.view_functions[rule.endpoint])
    }
    assert described == views
    undescribed = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")} - {
        f"api.{view}" for view in views
    }
    assert undescribed == {"api.show_document"}


def test_every_view_says_what_it_does(app: Application, document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"].endswith(".")
        assert operation["tags"][0] in [tag["name"] for tag in document["tags"]]
        assert all(parameter["description"] for parameter in operation["parameters"])
    assert all(view.__doc__ for name, view in app.view_functions.items() if name != "static")


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set[str]().union(*map(references, value)) if isinstance(value, list) else set()

    assert references(document) <= known
    assert not [name for name in known if "$defs" in name or "." in name.rpartition("/")[2]]


def test_every_problem_is_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
        assert "422" in operation["responses"]


def test_the_paths_include_the_webroot(make_app: Any) -> None:
    document = make_app(webroot="/mail/").test_client().get(f"/mail{API}/openapi.json").json or {}
    assert all(path.startswith(f"/mail{API}/") for path in document["paths"])


def test_the_schema_of_every_answer_is_the_schema_of_the_document(client: Client, mail: Mail) -> None:
    public_id, attempt = mail.receive(), mail.refuse()
    session = (client.get(f"{API}/sessions").json or {})["items"][0]["id"]
    answers: dict[str, type[schemas.Answer]] = {
        f"messages/{public_id}": schemas.Detail,
        f"messages/{public_id}/headers": schemas.Headers,
        f"messages/{public_id}/envelope": schemas.Envelope,
        f"messages/{public_id}/transcript": schemas.Transcript,
        f"messages/{public_id}/path": schemas.Path,
        f"messages/{public_id}/parts": schemas.PartTree,
        "messages?refused=true": schemas.MessageList,
        f"attempts/{attempt}": schemas.AttemptDetail,
        "sessions": schemas.SessionList,
        f"sessions/{session}": schemas.SessionDetail,
        "info": info_schemas.Info,
        "nowhere": schemas.ProblemDetails,
    }
    for path, schema in answers.items():
        schema.model_validate(client.get(f"{API}/{path}").json, strict=True)


def test_the_order_of_fields_is_the_order_of_the_document(client: Client, mail: Mail) -> None:
    row = client.get(f"{API}/messages/{mail.receive()}").json or {}
    names = [field.alias or name for name, field in schemas.Summary.model_fields.items()]
    assert list(row)[: len(names)] == names


def test_no_two_things_share_a_name(app: Application) -> None:
    """One of them would stand for both in the document."""
    made: dict[str, set[str]] = {}
    for view in app.view_functions.values():
        if (found := operation_of(view)) is None:
            continue
        for model in (found.query, found.body, found.document_body, found.returns):
            if model is not None:
                document = model.model_json_schema(ref_template="{model}")
                for name, schema in ({model.__name__: document} | document.get("$defs", {})).items():
                    schema = {key: value for key, value in schema.items() if key != "$defs"}
                    made.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    assert {name for name, schemas in made.items() if len(schemas) > 1} == set()


def test_the_document_is_made_once(client: Client) -> None:
    assert client.get(f"{API}/openapi.json").data == client.get(f"{API}/openapi.json").data


def test_the_page_draws_it_from_our_own_files(client: Client) -> None:
    page = client.get(f"{API}/docs")
    assert page.mimetype == "text/html"
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert f'<base href="{API}/">' in page.text
    nonce = page.text.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
    assert nonce not in client.get(f"{API}/docs").text
    for name, kind in (("docs.js", "text/javascript"), ("docs.css", "text/css")):
        file = client.get(f"{API}/docs/{name}")
        assert (file.status_code, file.mimetype) == (200, kind)
        assert "//cdn" not in file.text


@pytest.mark.parametrize("name", ["page.html", "__init__.py", "../app.py", "..%2fapp.py", "docs.js%00"])
def test_the_page_has_no_other_files(client: Client, name: str) -> None:
    assert client.get(f"{API}/docs/{name}").status_code == 404


def test_the_script_writes_no_html(client: Client) -> None:
    script = client.get(f"{API}/docs/docs.js").text
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script
