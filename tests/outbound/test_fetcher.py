"""The way out over HTTP: what may be reached, and what nobody can make it do."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from dataclasses import replace

import pytest
import trustme

from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.fetcher import Answer, Call, Fetcher
from mailpit_py.outbound.resolver import Unresolved
from mailpit_py.reach import Reach
from tests.outbound.servers import is_left, web


def names(**known: list[str]):
    """A look-up that knows these names, and counts how often it is asked."""

    async def look_up(host: str, port: int) -> list[str]:
        look_up.asked.append(host)
        if host.replace(".", "").isdigit():
            return [host]
        if host not in known:
            raise Unresolved(f"{host} has no address")
        return known[host]

    look_up.asked = []
    return look_up


def fetch(call: Call, **more) -> Answer:
    async def work() -> Answer:
        async with Fetcher(**{"reach": Reach(), **more}) as fetcher:
            return await fetcher.fetch(call)

    return asyncio.run(work())


@pytest.fixture
def server():
    with web() as running:
        yield running


def test_a_request_arrives_as_it_was_given(server):
    headers = (("Content-Type", "application/json"), ("webhook-id", "msg_1"))
    answer = fetch(Call(f"http://127.0.0.1:{server.port}/hook?a=%2F&b", "POST", headers, b'{"a":1}'))
    assert (answer.status, answer.body, answer.error) == (200, b"ok", "")
    [request] = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/hook?a=%2F&b", b'{"a":1}')
    assert request.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "mailpit-py",
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "content-length": "7",
    }


def test_a_password_in_the_url_becomes_a_field(server):
    fetch(Call(f"http://app:s%2Fcret@127.0.0.1:{server.port}/"))
    assert server.requests[0].headers["authorization"] == "Basic YXBwOnMvY3JldA=="


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(server):
    """A second look-up could give another address (DNS rebinding); the server still sees the name."""
    lookup = names(app=["127.0.0.1"])
    assert fetch(Call(f"http://app:{server.port}/"), lookup=lookup).status == 200
    assert lookup.asked == ["app"]
    assert server.requests[0].headers["host"] == f"app:{server.port}"


def test_one_forbidden_address_spoils_the_name(server):
    lookup = names(app=["127.0.0.1", "169.254.169.254"])
    with pytest.raises(TargetRefused, match="outside the range"):
        fetch(Call(f"http://app:{server.port}/"), lookup=lookup)
    assert server.requests == []


def test_a_refusal_does_not_tell_the_address(server):
    with pytest.raises(TargetRefused) as refused:
        fetch(Call("http://app/"), lookup=names(app=["203.0.113.7"]))
    assert "203.0.113" not in str(refused.value)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "127.0.0.1"])
def test_other_spellings_of_an_address_are_judged_by_what_they_are(server, host):
    assert fetch(Call(f"http://{host}:{server.port}/")).status == 200
    with pytest.raises(TargetRefused):
        fetch(Call(f"http://{host}:{server.port}/"), reach=Reach.parse("private"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:a9fe:a9fe]", "0.0.0.0", "[::]", "8.8.8.8"]
)
def test_what_nobody_allowed_is_refused(host):
    with pytest.raises(TargetRefused):
        fetch(Call(f"http://{host}/latest/meta-data/"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1/", "http:///x", "http://127.0.0.1:22/",
        "http://127.0.0.1:6667/", "http://127.0.0.1:99999/", "http://１２７.0.0.1/", "http://[fe80::1%25eth0]/",
        "http://127.0.0.1/\r\nX: y", "http://127.0.0.1\\@8.8.8.8/", "http://a b/", "http://" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_plain_url_for_http_is_refused(url):
    with pytest.raises(TargetRefused):
        fetch(Call(url))


def test_the_next_address_is_tried_when_nobody_listens(server):
    lookup = names(app=["127.0.0.2", "127.0.0.1"])
    assert fetch(Call(f"http://app:{server.port}/"), lookup=lookup).status == 200


def redirecting(place: str, status: int = 302):
    return lambda request: (status, {"Location": place}, b"") if request.path == "/" else (200, {}, b"there")


def test_a_redirect_is_an_answer_where_nobody_asked_to_follow(server):
    server.answer = redirecting("/there")
    answer = fetch(Call(f"http://127.0.0.1:{server.port}/", "POST", body=b"x"))
    assert (answer.status, len(server.requests)) == (302, 1)


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_is_followed_on_request(server, status, method):
    server.answer = redirecting("/there", status)
    answer = fetch(Call(f"http://127.0.0.1:{server.port}/", "POST", body=b"x", hops=1))
    assert (answer.status, answer.body, answer.url) == (200, b"there", f"http://127.0.0.1:{server.port}/there")
    assert [request.method for request in server.requests] == ["POST", method]


@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/", "http://meta/", "file:///etc/passwd", "http://u:p@127.0.0.1/"]
)
def test_every_hop_is_checked_again(server, place):
    server.answer = redirecting(place)
    with pytest.raises(TargetRefused):
        fetch(
            Call(f"http://127.0.0.1:{server.port}/", hops=5),
            lookup=names(meta=["10.0.0.1"]),
            reach=Reach.parse("loopback"),
        )
    assert len(server.requests) == 1


def test_a_circle_of_redirects_ends(server):
    server.answer = lambda _: (302, {"Location": "/"}, b"")
    answer = fetch(Call(f"http://127.0.0.1:{server.port}/", hops=50))
    assert (answer.status, answer.reason) == (0, "too many redirects")
    assert len(server.requests) == 6


def test_who_asks_is_told_after_a_redirect_too(server):
    server.answer = redirecting("/there")
    fetch(Call(f"http://127.0.0.1:{server.port}/", headers=(("User-Agent", "one/1"), ("X-Secret", "x")), hops=1))
    assert [(one.headers["user-agent"], one.headers.get("x-secret")) for one in server.requests] == [
        ("one/1", "x"),
        ("one/1", None),
    ]


@pytest.mark.parametrize(("place", "asked"), [("/a b", "/a%20b"), ("/\u00e9", "/%C3%A9"), ("/a#b", "/a")])
def test_a_lenient_call_reads_a_redirect_as_browsers_do(server, place, asked):
    server.answer = redirecting(place.encode().decode("latin-1"))
    fetch(Call(f"http://127.0.0.1:{server.port}/", hops=1, is_lenient=True))
    assert server.requests[1].path == asked


def test_a_password_does_not_travel_with_a_redirect(server):
    server.answer = redirecting(f"http://localhost:{server.port}/there")
    call = Call(f"http://app:secret@127.0.0.1:{server.port}/", hops=1)
    fetch(call, lookup=names(localhost=["127.0.0.1"]))
    assert ["authorization" in request.headers for request in server.requests] == [True, False]


def test_a_long_answer_is_cut_off(server):
    server.answer = lambda _: (200, {}, b"x" * 100_000)
    answer = fetch(Call(f"http://127.0.0.1:{server.port}/", body_bytes=1000))
    assert (answer.body, answer.is_cut) == (b"x" * 1000, True)


def test_a_compressed_answer_stays_compressed(server):
    server.answer = lambda _: (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b not really")
    assert fetch(Call(f"http://127.0.0.1:{server.port}/")).body == b"\x1f\x8b not really"


def test_cookies_are_not_kept(server):
    server.answer = lambda _: (200, {"Set-Cookie": "a=b"}, b"")

    async def twice() -> None:
        async with Fetcher(Reach()) as fetcher:
            for _ in range(2):
                await fetcher.fetch(Call(f"http://127.0.0.1:{server.port}/"))

    asyncio.run(twice())
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(Call(f"http://127.0.0.1:{server.port}/")).status == 200


def test_nobody_there_is_an_answer_and_no_exception():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        answer = fetch(Call(f"http://127.0.0.1:{taken.getsockname()[1]}/"))
    assert answer.status == 0
    assert answer.error.startswith("ConnectError")


def test_a_name_without_an_address_is_an_answer(server):
    assert fetch(Call("http://nowhere/"), lookup=names()).error == "nowhere has no address"


def drip(listener: socket.socket, done: threading.Event) -> None:
    """Say one octet of a header section at a time, for as long as somebody listens."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not done.wait(0.02):
            try:
                connection.sendall(b"x")
            except OSError:
                return


def test_a_server_that_drips_is_left_at_the_end_of_the_time():
    """Each octet comes in time, the whole never does: the limit is for all of it."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, done), daemon=True)
        thread.start()
        answer = fetch(Call(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5))
        done.set()
        thread.join()
    assert (answer.status, answer.error) == (0, "no answer within 0.5 seconds")


def test_a_server_that_says_nothing_inside_tls_is_hung_up_on():
    """At the end of the time, and not only when the collector finds the connection."""

    async def work(port: int) -> tuple[Answer, bool]:
        async with Fetcher(Reach()) as fetcher:
            answer = await fetcher.fetch(Call(f"https://127.0.0.1:{port}/", timeout=0.2))
            return answer, await asyncio.to_thread(is_left, listener)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer, left = asyncio.run(work(listener.getsockname()[1]))
    assert (answer.error, left) == ("no answer within 0.2 seconds", True)


def test_https_checks_the_name_although_it_connects_to_an_address():
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("app.test").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    lookup = names(**{"app.test": ["127.0.0.1"], "other.test": ["127.0.0.1"]})
    with web(serving) as running:
        call = Call(f"https://app.test:{running.port}/")
        assert fetch(call, lookup=lookup, tls=trusting).status == 200
        wrong = fetch(replace(call, url=f"https://other.test:{running.port}/"), lookup=lookup, tls=trusting)
        assert "CERTIFICATE_VERIFY_FAILED" in wrong.error
        assert len(running.requests) == 1


def test_a_redirect_does_not_leave_https():
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("app.test").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with web(serving) as running:
        running.answer = redirecting("http://app.test/")
        with pytest.raises(TargetRefused, match="from https to http"):
            fetch(
                Call(f"https://app.test:{running.port}/", hops=1),
                lookup=names(**{"app.test": ["127.0.0.1"]}),
                tls=trusting,
            )
