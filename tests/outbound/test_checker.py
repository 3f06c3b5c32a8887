"""What checks ask of the world: whom, how often at once, and what they never reach."""

from __future__ import annotations

import threading

import pytest

from mailpit_py.checks.outside import Probe, Wish
from mailpit_py.outbound import checker
from mailpit_py.outbound.checker import Checker, CheckerSettings, ascii_url, domain_of
from mailpit_py.outbound.resolver import Unresolved
from mailpit_py.reach import Reach
from tests.outbound.servers import web

LOOPBACK = Reach.parse("loopback")


@pytest.fixture
def server():
    with web() as running:
        yield running


def make(reach: Reach = LOOPBACK, **more) -> Checker:
    return Checker(CheckerSettings(reach, agent="mailpit-py/test", **more))


def test_a_link_is_asked_for_by_head(server):
    url = f"http://127.0.0.1:{server.port}/a?b=1#c"
    assert make().probe([url], False) == [Probe(f"http://127.0.0.1:{server.port}/a?b=1", 200)]
    [request] = server.requests
    assert (request.method, request.path, request.headers["user-agent"]) == ("HEAD", "/a?b=1", "mailpit-py/test")


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_without_head_is_asked_by_get(server, status):
    server.answer = lambda request: (status if request.method == "HEAD" else 200, {}, b"")
    [probe] = make().probe([f"http://127.0.0.1:{server.port}/"], False)
    assert (probe.status, [one.method for one in server.requests]) == (200, ["HEAD", "GET"])


def test_a_redirect_is_the_answer_unless_it_is_followed(server):
    server.answer = lambda request: (302, {"Location": "/there"}, b"") if request.path == "/" else (404, {}, b"")
    url = f"http://127.0.0.1:{server.port}/"
    assert make().probe([url], False) == [Probe(url, 302)]
    assert make().probe([url], True) == [Probe(f"{url}there", 404)]


def test_three_redirects_are_one_too_many(server):
    server.answer = lambda request: (302, {"Location": f"{request.path}x"}, b"")
    url = f"http://127.0.0.1:{server.port}/"
    assert make().probe([url], True) == [Probe(url, 0, "too many redirects")]


def test_an_address_inside_is_denied_and_never_asked(server):
    urls = [f"http://127.0.0.1:{server.port}/", "http://169.254.169.254/", "http://[::ffff:a00:1]/"]
    probes = make(Reach.parse("public")).probe(urls, False)
    assert all(one.is_denied and not one.status for one in probes)
    assert server.requests == []


def test_a_redirect_to_an_address_inside_is_denied(server):
    server.answer = lambda request: (302, {"Location": "http://10.0.0.1/"}, b"")
    [probe] = make().probe([f"http://127.0.0.1:{server.port}/"], True)
    assert probe.is_denied


async def nobody(host: str, port: int) -> list[str]:
    raise Unresolved(f"{host} has no address")


def test_why_there_is_no_answer_is_said_in_a_few_words(server):
    server.answer = lambda request: (200, {}, b"")
    with web() as gone:
        closed = gone.port
    urls = [f"http://127.0.0.1:{closed}/", f"https://127.0.0.1:{server.port}/", "http://link with spaces"]
    refused, no_tls, no_url = make().probe(urls, False)
    assert refused.error == "connection refused"
    assert no_tls.error == "no TLS"
    assert no_url.error.startswith("write the URL in printable ASCII")
    assert not no_url.is_denied
    assert make(lookup=nobody).probe(["http://x.test/"], False) == [Probe("http://x.test/", error="no such host")]


def test_names_and_passwords_in_a_link_are_not_sent(server):
    make().probe([f"http://ann:secret@127.0.0.1:{server.port}/"], False)
    assert "authorization" not in server.requests[0].headers


def test_what_was_said_is_told_again_for_a_while(server):
    url = f"http://127.0.0.1:{server.port}/"
    asking = make()
    assert asking.probe([url], False) == asking.probe([url], False)
    assert len(server.requests) == 1
    make(is_limited=False).probe([url, url], False)
    assert len(server.requests) == 3


def test_a_domain_is_asked_twice_at_a_time(server):
    lock, now = threading.Lock(), [0]
    most = [0]
    third = threading.Event()

    def answer(request):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] > checker.AT_ONCE:
                third.set()
        third.wait(0.05)  # a third one would come in the meantime
        with lock:
            now[0] -= 1
        return 200, {}, b""

    server.answer = answer
    make().probe([f"http://127.0.0.1:{server.port}/{number}" for number in range(8)], False)
    assert most[0] == checker.AT_ONCE


def test_a_burst_is_followed_by_one_request_a_second():
    buckets = checker._Buckets()
    owed = [buckets._owed("a.test", 10.0) for _ in range(checker.BURST + 2)]
    assert owed == [0.0] * checker.BURST + [1.0, 2.0]
    assert buckets._owed("b.test", 10.0) == 0.0
    assert buckets._owed("a.test", 13.0) == 0.0


def test_a_body_is_cut_at_what_was_asked_for(server):
    server.answer = lambda request: (200, {"Content-Type": "Text/CSS; charset=utf-8"}, b"x" * 5_000)
    [asset] = make().fetch([Wish(f"http://127.0.0.1:{server.port}/", agent="A reader", body_bytes=1_000)])
    assert (asset.media_type, len(asset.body), asset.is_cut) == ("text/css", 1_000, True)
    assert server.requests[0].headers["user-agent"] == "A reader"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("http://a.b.example.com/", "example.com"),
        ("http://shop.example.co.uk:80/", "example.co.uk"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]:1/", "::1"),
        ("http://localhost/", "localhost"),
        ("http://[x/", ""),
    ],
)
def test_a_domain_is_who_answers_for_a_host(url, domain):
    assert domain_of(url) == domain


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://Example.COM", "http://example.com"),
        ("http://bücher.example/straße?ä=ö&b=%20", "http://xn--bcher-kva.example/stra%C3%9Fe?%C3%A4=%C3%B6&b=%20"),
        ("https://u:p@a.test:8443/x y#z", "https://a.test:8443/x%20y"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://link with spaces", "http://link with spaces"),
        ("http://", "http://"),
    ],
)
def test_a_link_is_written_in_ascii(url, asked):
    assert ascii_url(url) == asked
