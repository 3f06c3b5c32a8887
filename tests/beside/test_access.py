"""Who may ask what: names, origins, passwords. What a real Mailpit does otherwise than this document tells of ours."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside.programs import Answer, Pair, Server, mailpit, pair
from tests.beside.table import differs
from tests.process import ROOT

OTHER = "http://other.test"
SMALL = {"From": {"Email": "app@example.org"}, "To": [{"Email": "ann@example.com"}]}
RIGHT = "Basic " + base64.b64encode(b"ann:secret").decode()
WITH_IMAGE = (
    b"From: app@example.org\r\nTo: ann@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b'<style>p{background:url(cid:one)}</style><img src="cid:one">\r\n--b\r\nContent-Type: image/gif; name=one.gif\r\n'
    b"Content-ID: <one>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==\r\n--b--\r\n"
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with a password."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "passwords").write_text("ann:secret\n")
    with pair(folder, f"--ui-auth-file={folder}/passwords") as servers:
        yield servers


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both open to the pages of another site."""
    with pair(tmp_path_factory.mktemp("shared"), f"--api-cors={OTHER}") as servers:
        yield servers


@differs("any name in `Host`")
def test_a_name(theirs: Server, ours: Server) -> None:
    assert theirs.get("/api/v1/info", Host="mail.example.com").status == 200
    answer = ours.get("/api/v1/info", Host="mail.example.com")
    assert answer.status == 403
    assert "--allowed-hosts=mail.example.com" in answer.text
    assert ours.get("/api/v1/info", Host="mailpit").status == 200


@differs("pages of other sites may call")
@pytest.mark.parametrize(
    ("path", "origin", "theirs_status", "ours_status"),
    [
        ("/api/v1/info", "http://other.test", 200, 200),
        ("/api/v1/info", "https://other.test", 200, 403),
        ("/api/v1/info", "ftp://other.test", 200, 403),
        ("/api/v1/info", "http://other.test:80", 403, 200),
        ("/api/v1/info", "http://evil.test", 403, 403),
        ("/view/latest.html", "http://evil.test", 403, 403),
        ("/view/latest.txt", "http://evil.test", 404, 403),
        ("/", "http://evil.test", 200, 403),
    ],
)
def test_an_origin(shared: Pair, path: str, origin: str, theirs_status: int, ours_status: int) -> None:
    assert shared.theirs.get(path, Origin=origin).status == theirs_status
    assert shared.ours.get(path, Origin=origin).status == ours_status


@differs("what `--api-cors` cannot use")
def test_no_origin(tmp_path: Path) -> None:
    with mailpit(tmp_path, "--api-cors=*.other.test") as theirs:
        assert theirs.get("/api/v1/info", Origin="http://a.other.test").status == 403
    command = [sys.executable, "-m", "mailpit_py", "--smtp=127.0.0.1:0", "--listen=127.0.0.1:0"]
    ended = subprocess.run(
        [*command, "--api-cors=*.other.test"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert "--api-cors takes web origins" in ended.stderr


@differs("CORS headers on every answer")
def test_cors_headers(shared: Pair) -> None:
    def cors(answer: Answer) -> dict[str, str]:
        kept = {name: value for name, value in answer.headers.items() if name.startswith("access-control")}
        kept.pop("access-control-expose-headers", None)
        return kept

    always = {"access-control-allow-methods": "GET, POST, DELETE, PUT, OPTIONS", "access-control-allow-headers": "*"}
    theirs, ours = shared
    assert cors(theirs.get("/api/v1/info")) == {**always, "access-control-allow-origin": ""}
    assert cors(ours.get("/api/v1/info")) == {}
    assert cors(ours.get("/api/v1/info", Origin=OTHER)) == {"access-control-allow-origin": OTHER}
    wanted = {"Origin": OTHER, "Access_Control_Request_Method": "PATCH"}
    first, second = (server.ask("OPTIONS", "/api/v1/info", **wanted) for server in shared)
    assert (first.status, cors(first)) == (200, {**always, "access-control-allow-origin": OTHER})
    assert (second.status, cors(second)) == (
        204,
        {
            "access-control-allow-origin": OTHER,
            "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
            "access-control-allow-headers": "Authorization, *",
            "access-control-max-age": "600",
        },
    )


@differs("a page's body of any type")
def test_the_type_of_a_body(theirs: Server, ours: Server) -> None:
    for server, status in ((theirs, 200), (ours, 415)):
        of_page = {"Origin": server.url, "Content_Type": "text/plain"}
        assert server.ask("POST", "/api/v1/send", SMALL, **of_page).status == status
        assert (
            server.ask("POST", "/api/v1/send", SMALL, **{**of_page, "Content_Type": "application/json"}).status == 200
        )
        assert server.ask("POST", "/api/v1/send", SMALL, Content_Type="text/plain").status == 200  # of a program


@differs("401 and 403 say")
def test_words_of_refusals(locked: Pair, both: Pair) -> None:
    theirs, ours = (server.get("/api/v1/info") for server in locked)
    assert (theirs.status, theirs.text, theirs.headers["www-authenticate"]) == (
        401, "Unauthorized.\n", 'Basic realm="Login"'
    )  # fmt: skip
    assert (ours.status, ours.text, ours.headers["www-authenticate"]) == (
        401, "This sandbox asks for a name and a password.\n", 'Basic realm="mailpit-py", charset="UTF-8"'
    )  # fmt: skip
    theirs, ours = (server.get("/api/v1/info", Origin=OTHER) for server in both)
    assert (theirs.status, theirs.text) == (403, "Blocked due to CORS violation\n")
    assert ours.status == 403
    assert f"--api-cors={OTHER}" in ours.text


@differs("any number of wrong passwords")
def test_wrong_passwords(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("ann:secret\n")
    with pair(tmp_path, f"--ui-auth-file={tmp_path}/passwords") as servers:
        tried = []
        for server in servers:
            wrong = ["Basic " + base64.b64encode(f"ann:{number}".encode()).decode() for number in range(11)]
            tried.append([server.get("/api/v1/info", Authorization=one).status for one in wrong])
    assert tried == [[401] * 11, [401] * 10 + [429]]


@differs("two blanks behind `Basic`")
def test_blanks_before_a_password(locked: Pair) -> None:
    twice = RIGHT.replace(" ", "  ")
    assert [server.get("/api/v1/info", Authorization=twice).status for server in locked] == [401, 200]


@differs("with a password, what is no address")
@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nosuch", 404), ("POST", "/api/v1/info", 405), ("GET", "/metrics", 404)]
)
def test_what_is_no_address(locked: Pair, method: str, path: str, status: int) -> None:
    assert locked.theirs.ask(method, path).status == status
    assert locked.ours.ask(method, path).status == 401
    assert [server.ask(method, path, Authorization=RIGHT).status for server in locked] == [status, status]


@differs("`cid:` in CSS")
def test_images_of_a_mail(locked: Pair) -> None:
    shown = []
    for server in locked:
        public_id = server.send(WITH_IMAGE)
        shown.append(server.get(f"/view/{public_id}.html", Authorization=RIGHT).text.replace(public_id, "ID"))
    assert shown[0].strip() == (
        '<style>p{background:url(cid:one)}</style><img src="/api/v1/message/ID/part/2">'
    )  # fmt: skip
    assert "cid:one" not in shown[1]
    address = re.findall(r'<img src="(.*?)"', shown[1])[0].replace("&amp;", "&").replace("ID", public_id)
    image = locked.ours.get(address)  # without the password
    assert (image.status, image.headers["content-type"]) == (200, "image/gif")


@differs("`OPTIONS` needs no password")
def test_options_with_a_password(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("ann:secret\n")
    preflight = {"Origin": OTHER, "Access_Control_Request_Method": "PUT"}
    with pair(tmp_path, f"--ui-auth-file={tmp_path}/passwords", f"--api-cors={OTHER}") as servers:
        bare = [server.ask("OPTIONS", "/api/v1/info").status for server in servers]
        of_page = [server.ask("OPTIONS", "/api/v1/info", **preflight).status for server in servers]
    assert (bare, of_page) == ([200, 401], [200, 204])
