"""The page's shell and its built files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import app as app_module
from mailpit_py.api.shell import VIEW
from tests.api.conftest import API

ROOT = Path(__file__).parents[2]
INDEX = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8" /><base href="/" /><meta name="csp-nonce" content="" />'
    '<title>x</title><script type="module" crossorigin src="./assets/index-abc.js"></script>'
    '<link rel="stylesheet" crossorigin href="./assets/index-abc.css"></head><body><div id="root"></div></body></html>'
)


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets/index-abc.js").write_text("1")
    (tmp_path / "secret.txt").write_text("what nobody may read")
    monkeypatch.setattr(app_module, "static_directory", lambda: folder)
    return folder


@pytest.fixture
def client(static: Path, make_app: Any) -> Client:
    """A client of an application with a built page."""
    client: Client = make_app().test_client()
    return client


@pytest.mark.parametrize(
    "path",
    ["/", "/?q=x", "/messages/abc", "/messages/abc/html", "/messages/abc/parts/1.2?q=a.b", "/attempts/x", "/connect",
     "/simulate", "/simulate/rules/a%2Fb.c"],
)  # fmt: skip
def test_every_address_of_the_page_gives_the_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.text.count("<base ") == 1
    assert answer.text.count('name="csp-nonce"') == 1
    assert '<base href="/">' in answer.text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/a/b.c/d", "/messages", "/messages/", "/messages//", "/attempts", "/connected", "/connect/x",
             "/Messages/abc", "/wp-admin/", "/mail/messages/abc"],
)  # fmt: skip
def test_an_address_that_is_no_view_is_not_found_in_words(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "nothing at this address" in answer.text
    assert '<base href="/">' in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_page_and_the_server_know_the_same_views() -> None:
    source = (ROOT / "web/src/app/location.ts").read_text("utf-8")
    views = set(re.findall(r'first === "(\w+)"', source))
    assert len(views) >= 4
    assert all(VIEW.fullmatch(one) or VIEW.fullmatch(f"{one}/x") for one in views)


def test_scripts_carry_the_nonce_of_this_answer_alone(client: Client) -> None:
    first, second = client.get("/"), client.get("/")
    nonce = re.findall(r'name="csp-nonce" content="([^"]+)"', first.text)[0]
    assert f'<script nonce="{nonce}"' in first.text
    policy = first.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'nonce-{nonce}'" in policy
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert nonce not in second.text
    assert first.headers["Cache-Control"] == "no-store"


def test_the_webroot_is_the_base(static: Path, make_app: Any) -> None:
    client = make_app(webroot="mail/pit").test_client()
    assert '<base href="/mail/pit/">' in client.get("/mail/pit/messages/x").text
    assert client.get("/mail/pit/assets/index-abc.js").status_code == 200
    redirect = client.get("/mail/pit")
    assert (redirect.status_code, redirect.headers["Location"]) == (302, "/mail/pit/")
    assert redirect.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("/assets/index-abc.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/favicon.svg", "image/svg+xml; charset=utf-8", "no-cache"),
    ],
)
def test_built_files_have_their_type_and_lifetime(client: Client, path: str, kind: str, cache: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (kind, cache)


def test_behind_a_password_files_are_private(static: Path, make_app: Any) -> None:
    client = make_app(ui_auth="ann:x").test_client()
    answer = client.get("/assets/index-abc.js", headers={"Authorization": "Basic YW5uOng="})
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    ["/assets/nowhere.js", "/assets/", "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/../secret.txt",
     "/assets/%2e%2e/%2e%2e/secret.txt", "/assets//etc/passwd", "/assets/%00", "/robots.txt", "/favicon.ico",
     "/index.html", "/assets/../favicon.svg", "/assets/..\\..\\secret.txt", "/assets/../index.html"],
)  # fmt: skip
def test_there_are_no_other_files(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 400)
    assert b"nobody" not in answer.data


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2", f"{API}/nowhere", "/api/v1/nowhere"])
def test_the_page_does_not_hide_the_api(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unbuilt_page_says_how_to_build_it(static: Path, make_app: Any) -> None:
    (static / "index.html").unlink()
    answer = make_app().test_client().get("/messages/x")
    assert answer.status_code == 200
    assert "npm run build" in answer.text
    assert '<a href="api/v2/docs">' in answer.text


def test_a_page_that_was_built_anew_is_shown_anew(client: Client, static: Path) -> None:
    client.get("/")
    (static / "index.html").write_text(INDEX.replace("<title>x", "<title>new"))
    import os

    os.utime(static / "index.html", (1, 1))
    assert "<title>new" in client.get("/").text


@pytest.mark.parametrize(
    ("encoding", "used"), [("gzip", "gzip"), ("zstd, gzip", "zstd"), ("identity", None), ("br", None)]
)
def test_long_answers_are_compressed(client: Client, encoding: str, used: str | None) -> None:
    answer = client.get(f"{API}/openapi.json", headers={"Accept-Encoding": encoding})
    assert answer.headers.get("Content-Encoding") == used
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_compression_can_be_switched_off(make_app: Any) -> None:
    client = make_app(disable_http_compression=True).test_client()
    answer = client.get(f"{API}/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
