"""The OpenAPI 2.0 document of this API: Mailpit's operation ids and shapes, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailpit_py.api.mailpit import definitions
from mailpit_py.api.mailpit.definitions import Json, listed, string

JSON, PLAIN = "application/json", "text/plain"
ID = ("ID", "path", string("The id of a message, or `latest`."))
PART = ("PartID", "path", string("The number of a part."))
TAG = ("Tag", "path", string("The name of a tag."))
START = ("start", "query", {"type": "integer", "description": "Pass over so many."})
LIMIT = ("limit", "query", {"type": "integer", "description": "How many at most."})
QUERY = ("query", "query", string("A search."))
ZONE = ("tz", "query", string("The time zone of dates in the search, as in Europe/Berlin."))
EMBED = ("embed", "query", string("`1`: for a frame."))
FOLLOW = ("follow", "query", string("`true`: follow redirects."))
OK = (PLAIN, string("`ok`"))

# method, path, operation id, tag, words, parameters, body, (media type, shape of the answer)
Row = tuple[str, str, str, str, str, tuple[Any, ...], str, tuple[str, Json]]
ROWS: tuple[Row, ...] = (
    ("get", "/api/v1/info", "AppInformation", "application", "Show what there is, and what happened since the start.",
     (), "", (JSON, definitions.ref("AppInformation"))),
    ("get", "/api/v1/webui", "WebUIConfigurationResponse", "application", "Show what the page may offer.",
     (), "", (JSON, definitions.ref("WebUIConfiguration"))),
    ("get", "/api/v1/messages", "GetMessagesParams", "messages", "List messages, newest first.",
     (START, LIMIT), "", (JSON, definitions.ref("MessagesSummary"))),
    ("put", "/api/v1/messages", "SetReadStatusParams", "messages", "Mark messages as read or unread.",
     (ZONE,), "ReadStatus", OK),
    ("delete", "/api/v1/messages", "DeleteMessagesParams", "messages", "Delete messages; without ids all of them.",
     (), "IDs", OK),
    ("get", "/api/v1/search", "SearchParams", "messages", "List what a search finds, newest first.",
     (QUERY, START, LIMIT, ZONE), "", (JSON, definitions.ref("MessagesSummary"))),
    ("delete", "/api/v1/search", "DeleteSearchParams", "messages", "Delete what a search finds.",
     (QUERY, ZONE), "", OK),
    ("post", "/api/v1/send", "SendMessageParams", "message", "Put a message in.",
     (), "NewMessage", (JSON, definitions.ref("Sent"))),
    ("get", "/api/v1/message/{ID}", "GetMessageParams", "message", "Show a message, which is then read.",
     (ID,), "", (JSON, definitions.ref("Message"))),
    ("get", "/api/v1/message/{ID}/headers", "GetHeadersParams", "message", "Show the header fields.",
     (ID,), "", (JSON, {"type": "object", "additionalProperties": listed(string())})),
    ("get", "/api/v1/message/{ID}/raw", "DownloadRawParams", "message", "Give the source.",
     (ID,), "", (PLAIN, string())),
    ("get", "/api/v1/message/{ID}/part/{PartID}", "AttachmentParams", "message", "Give one part.",
     (ID, PART), "", ("application/octet-stream", {"type": "file"})),
    ("get", "/api/v1/message/{ID}/part/{PartID}/thumb", "ThumbnailParams", "message", "Give a small picture.",
     (ID, PART), "", ("image/jpeg", {"type": "file"})),
    ("post", "/api/v1/message/{ID}/release", "ReleaseMessageParams", "message", "Send a message on to real people.",
     (ID,), "Releasing", OK),
    ("get", "/api/v1/message/{ID}/html-check", "HTMLCheckParams", "other", "Show which mail programs do not show it.",
     (ID,), "", (JSON, definitions.ref("HTMLCheckResponse"))),
    ("get", "/api/v1/message/{ID}/link-check", "LinkCheckParams", "other", "Show where its links lead.",
     (ID, FOLLOW), "", (JSON, definitions.ref("LinkCheckResponse"))),
    ("get", "/api/v1/message/{ID}/sa-check", "SpamAssassinCheckParams", "other", "Show what the spam filter says.",
     (ID,), "", (JSON, definitions.ref("SpamAssassinResponse"))),
    ("get", "/api/v1/tags", "GetAllTags", "tags", "List all tags.", (), "", (JSON, listed(string()))),
    ("put", "/api/v1/tags", "SetTagsParams", "tags", "Give messages these tags and no others.", (), "Tagging", OK),
    ("put", "/api/v1/tags/{Tag}", "RenameTagParams", "tags", "Rename a tag.", (TAG,), "Naming", OK),
    ("delete", "/api/v1/tags/{Tag}", "DeleteTagParams", "tags", "Take a tag from all messages.", (TAG,), "", OK),
    ("get", "/api/v1/chaos", "getChaos", "testing", "Show the chaos triggers.",
     (), "", (JSON, definitions.ref("ChaosTriggers"))),
    ("put", "/api/v1/chaos", "setChaosParams", "testing", "Set the chaos triggers.",
     (), "ChaosTriggers", (JSON, definitions.ref("ChaosTriggers"))),
    ("get", "/view/{ID}.html", "GetMessageHTMLParams", "testing", "Give the HTML of a message.",
     (ID, EMBED), "", ("text/html", string())),
    ("get", "/view/{ID}.txt", "GetMessageTextParams", "testing", "Give the text of a message.",
     (ID,), "", (PLAIN, string())),
)  # fmt: skip


def document() -> Json:
    """The document for an application at the root."""
    paths: dict[str, Json] = {}
    for row in ROWS:
        paths.setdefault(row[1], {})[row[0]] = _operation(row)
    return {
        "swagger": "2.0",
        "info": {
            "title": "Mailpit API of mailpit-py",
            "description": "What Mailpit's clients call, answered by mailpit-py. Its own API is /api/v2.",
            "license": {"name": "MIT"},
            "version": "v1",
        },
        "consumes": [JSON],
        "produces": [JSON],
        "schemes": ["http", "https"],
        "paths": paths,
        "definitions": definitions.DEFINITIONS,
    }


def _operation(row: Row) -> Json:
    _, path, name, tag, words, parameters, body, (media, shape) = row
    given = [_parameter(*one) for one in parameters]
    if body:
        given.append({"name": "Body", "in": "body", "schema": definitions.ref(body)})
    return {
        "operationId": name,
        "tags": [tag],
        "summary": words,
        "produces": [media] if media == PLAIN or name == "SendMessageParams" else [media, PLAIN],  # errors are text
        **({"consumes": [JSON]} if body else {}),
        "parameters": given,
        "responses": {"200": {"description": words, "schema": shape}, **_errors(path, name)},
    }


def _parameter(name: str, where: str, shape: Mapping[str, Any]) -> Json:
    required = where == "path" or name == "query"
    return {"name": name, "in": where, **shape, **({"required": True} if required else {})}


def _errors(path: str, name: str) -> Json:
    wrong = definitions.ref("JSONError") if name == "SendMessageParams" else string()
    errors: Json = {"400": {"description": "What is wrong.", "schema": wrong}}
    if "{ID}" in path:
        errors["404"] = {"description": "There is no such message.", "schema": string()}
    return errors
