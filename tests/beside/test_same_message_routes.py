"""What both answer at the addresses of one message: by its id, as the latest, and where there is none."""

from __future__ import annotations

import pytest

from tests.beside.letters import HTML, PDF, TEXT, entity, multipart, whole
from tests.beside.programs import Answer, Pair
from tests.beside.table import differs
from tests.beside.views import put_in

IMAGE = entity("Content-Type: image/png; name=i.png", "Content-ID: <i@x>", "Content-Disposition: inline", body="png")
RAW = whole(multipart("mixed", multipart("alternative", TEXT, HTML, boundary="cc"), IMAGE, PDF))
MESSAGE = "/api/v1/message"
ADDRESSES = [
    "/api/v1/message/ID", "/api/v1/message/ID/headers", "/api/v1/message/ID/raw", "/api/v1/message/ID/raw?dl=1",
    "/api/v1/message/ID/raw?dl=true", "/api/v1/message/ID/part/2", "/api/v1/message/ID/part/3",
    "/api/v1/message/ID/part/1", "/api/v1/message/ID/part/1.1", "/api/v1/message/ID/part/0",
    "/api/v1/message/ID/part/99", "/api/v1/message/ID/part/", "/api/v1/message/ID/part/x", "/api/v1/message/ID/",
    "/api/v1/message/ID/headers/", "/api/v1/message/ID/x", "/view/ID.html", "/view/ID.txt",
]  # fmt: skip
THUMBNAILS = ["/api/v1/message/ID/part/2/thumb", "/api/v1/message/ID/part/3/thumb", "/api/v1/message/ID/part/9/thumb"]
UNKNOWN = "0123456789012345678901"


def outline(answer: Answer, public_id: str) -> tuple[object, ...]:
    """Status, type, name and length: octets hold ids and times, and what Mailpit adds; pictures are painted alike."""
    disposition = answer.headers.get("content-disposition", "").replace(public_id, "ID")
    is_small = len(answer.body) < 100 and answer.headers["content-type"] != "image/jpeg"
    return answer.status, answer.headers["content-type"], disposition, answer.body if is_small else b"..."


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("named", ["id", "latest", "unknown"])
def test_addresses_of_a_message_answer_the_same(both: Pair, method: str, named: str) -> None:
    said = []
    for server in both:
        put = put_in(server, {"": RAW})[""]
        public_id = {"id": put, "latest": "latest", "unknown": UNKNOWN}[named]
        addresses = [*ADDRESSES, *THUMBNAILS] if named == "id" else ADDRESSES  # the rest has a row
        answers = {one: server.ask(method, one.replace("ID", public_id)) for one in addresses}
        said.append({one: outline(answer, put) for one, answer in answers.items()})
    assert said[0] == said[1]


@differs("the name of a thumbnail stands as it is")
def test_the_name_of_a_thumbnail(both: Pair) -> None:
    image = entity("Content-Type: image/png; name*=utf-8''%C3%A4.png", body="png")
    named = []
    for server in both:
        public_id = put_in(server, {"": whole(multipart("mixed", TEXT, image))})[""]
        answer = server.get(f"{MESSAGE}/{public_id}/part/2/thumb")
        named.append(answer.headers["content-disposition"].encode("latin-1").decode())
    assert named == ['filename="ä.png"', 'filename="%C3%A4.png"']
