"""Basic authentication: what is read from the header, and how guessing is slowed down."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mailpit_py.api.login import Login, Verdict, credentials
from tests.api.conftest import API


def basic(name: str, password: str, charset: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode(charset)).decode()


class Known:
    """One account; counts how often a password was really checked."""

    def __init__(self) -> None:
        self.checks = 0
        self.accepted = False

    def was_accepted(self, name: str, password: str) -> bool:
        return self.accepted and (name, password) == ("ann", "right")

    def verify(self, name: str, password: str) -> bool:
        self.checks += 1
        self.accepted |= (name, password) == ("ann", "right")
        return (name, password) == ("ann", "right")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (basic("ann", "secret"), ("ann", "secret")),
        (basic("ann", "a:b:c"), ("ann", "a:b:c")),
        (basic("jörg", "pässwörd🌱"), ("jörg", "pässwörd🌱")),
        (basic("jörg", "pässwörd", "latin-1"), ("jörg", "pässwörd")),
        (basic("", ""), ("", "")),
        ("bAsIc " + base64.b64encode(b"a:b").decode(), ("a", "b")),
        (None, None),
        ("", None),
        ("Basic", None),
        ("Basic !!!", None),
        ("Basic " + base64.b64encode(b"nocolon").decode(), None),
        ("Bearer abc", None),
        ("Basic é", None),
    ],
)
def test_credentials_are_read_as_rfc_7617_says(header: str | None, expected: tuple[str, str] | None) -> None:
    assert credentials(header) == expected


class Slow(Known):
    """Its check lasts until everybody has asked."""

    def __init__(self, barrier: threading.Event) -> None:
        super().__init__()
        self.barrier = barrier

    def verify(self, name: str, password: str) -> bool:
        assert self.barrier.wait(10)
        return super().verify(name, password)


def test_the_right_password_given_many_times_at_once_is_checked_once() -> None:
    everybody = threading.Event()
    known = Slow(everybody)
    login = Login(known)
    with ThreadPoolExecutor(30) as pool:
        asked = [pool.submit(login.judge, basic("ann", "right"), "127.0.0.1") for _ in range(30)]
        everybody.set()
        assert {one.result(10) for one in asked} == {Verdict.ADMITTED}
    assert known.checks == 1


def test_ten_failures_from_an_address_make_it_wait() -> None:
    now = [0.0]
    known = Known()
    login = Login(known, clock=lambda: now[0])
    verdicts = [login.judge(basic("ann", f"guess{number}"), "10.0.0.1") for number in range(12)]
    assert verdicts == [Verdict.REFUSED] * 10 + [Verdict.THROTTLED] * 2
    assert known.checks == 10
    assert login.judge(basic("ann", "right"), "10.0.0.2") is Verdict.ADMITTED  # another address
    now[0] = 61.0
    assert login.judge(basic("ann", "right"), "10.0.0.1") is Verdict.ADMITTED


def test_who_is_in_stays_in_beside_somebody_who_guesses() -> None:
    login = Login(Known())
    assert login.judge(basic("ann", "right"), "10.0.0.1") is Verdict.ADMITTED
    for number in range(20):
        login.judge(basic("ann", f"guess{number}"), "10.0.0.1")
    assert login.judge(basic("ann", "right"), "10.0.0.1") is Verdict.ADMITTED


def test_guesses_made_side_by_side_count() -> None:
    known = Known()
    login = Login(known)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: login.judge(basic("ann", f"x{number}"), "peer"), range(64)))
    assert known.checks == 10


def test_no_credentials_are_no_failure() -> None:
    login = Login(Known())
    assert {login.judge(None, "peer") for _ in range(30)} == {Verdict.REFUSED}
    assert login.judge(basic("ann", "right"), "peer") is Verdict.ADMITTED


def test_a_success_forgives() -> None:
    login = Login(Known())
    for number in range(9):
        login.judge(basic("ann", f"x{number}"), "peer")
    login.judge(basic("ann", "right"), "peer")
    assert login.judge(basic("ann", "wrong"), "peer") is Verdict.REFUSED


@pytest.mark.parametrize("password", ["plain", "pässwörd", "with:colon", "🌱"])
def test_passwords_of_a_file_open_the_page(make_app: Any, tmp_path: Any, password: str) -> None:
    accounts = tmp_path / "users"
    accounts.write_text(f"ann:{password}\n", "utf-8")
    client = make_app(ui_auth_file=str(accounts)).test_client()
    assert client.get(f"{API}/messages", headers={"Authorization": basic("ann", password)}).status_code == 200
    wrong = client.get(f"{API}/messages", headers={"Authorization": basic("ann", password + "x")})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Basic realm="mailpit-py", charset="UTF-8"'


def test_throttled_clients_are_told_how_long(make_app: Any) -> None:
    client = make_app(ui_auth="ann:secret").test_client()
    for number in range(10):
        client.get("/", headers={"Authorization": basic("ann", f"x{number}")})
    answer = client.get(f"{API}/messages", headers={"Authorization": basic("ann", "secret")})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
