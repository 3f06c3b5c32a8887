"""Mail that means harm runs nothing, asks for nothing and leads nowhere (security.md A1, A4-A6, C1)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, Request, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, send

Visit = Callable[..., Page]

PWN = "top.document.title='PWNED';fetch('/api/v2/messages',{method:'DELETE'})"
HARM = {
    "script": f"<script>{PWN}</script>",
    "error handler": f'<img src="x" onerror="{PWN}">',
    "body handler": f'<body onload="{PWN}">',
    "javascript link": f'<a id="go" href="javascript:{PWN}">go</a>',
    "encoded javascript link": '<a id="go" href="jav&#x09;ascript:top.document.title=1">go</a>',
    "svg": f'<svg onload="{PWN}"><script>{PWN}</script><a xlink:href="javascript:{PWN}"><text>x</text></a></svg>',
    "frame": f'<iframe srcdoc="<script>{PWN}</script>"></iframe><iframe src="/api/v2/messages"></iframe>',
    "object": '<object data="/api/v2/messages"></object><embed src="/api/v2/messages">',
    "refresh": '<meta http-equiv="refresh" content="0;url=/api/v2/messages">',
    "base": '<base href="https://evil.test/" target="_top"><a id="go" href="x">go</a>',
    "form": '<form action="/api/v2/messages" method="post" target="_top"><button id="go">go</button></form>',
    "stylesheet": '<link rel="stylesheet" href="/api/v2/messages"><style>@import "/api/v2/messages";</style>',
    "mathml": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={PWN}&gt;">',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={PWN}>">',
    "style breakout": f"<style><a title='</style><img src=x onerror=\"{PWN}\">'></style>",
    "top link": '<a id="go" href="/api/v2/messages" target="_top">go</a>',
    "image of the api": '<img src="/api/v2/messages"><div style="background:url(/api/v2/info)">x</div>',
}


@contextmanager
def recorded(page: Page) -> Iterator[list[Request]]:
    """The requests that come from other frames than the page itself."""
    requests: list[Request] = []
    page.on("request", lambda one: one.frame != page.main_frame and requests.append(one))
    yield requests


def no_harm(page: Page, node: Node, title: str) -> None:
    """The page is the same, and the mail is still there."""
    assert page.title() == title
    assert page.url.startswith(f"{node.url}messages/")
    assert node.store.counts("default").total == 1
    assert len(page.context.pages) == 1


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_hostile_html_does_nothing(node: Node, visit: Visit, watched, harm: str) -> None:
    watched.expected = ("Blocked", "blocked", "sandboxed", "Refused", "violates")
    send(node, mail("Harm", html=f"<p>Readable</p>{harm}<p>end</p>"))
    page = visit(node.url)
    with recorded(page) as requests:
        row(page, "Harm").click()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Readable")).to_be_visible()
        expect(page).to_have_title("mailpit-py")  # read by now, so everything that loads has loaded
        target = frame.locator("#go")
        if target.count() and target.is_enabled():
            target.click(no_wait_after=True)
        page.wait_for_timeout(150)  # for whatever the click might have begun
    for extra in page.context.pages[1:]:
        assert not extra.url.startswith("javascript:")
        extra.close()
    no_harm(page, node, "mailpit-py")
    assert [one.url for one in requests if not one.url.split("?")[0].endswith("/html")] == []


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_the_frame_alone_is_enough_without_sanitiser_and_policy(node: Node, visit: Visit, watched, harm: str) -> None:
    watched.expected = ("",)  # the browser says at length what it blocks
    send(node, mail("Harm", html="<p>Readable</p>"))
    page = visit(node.url)
    page.route("**/html?*", lambda route: route.fulfill(body=f"<p>Readable</p>{harm}", content_type="text/html"))
    row(page, "Harm").click()
    expect(
        page.frame_locator("iframe").get_by_text("Readable").or_(page.frame_locator("iframe").locator("body")).first
    ).to_be_attached()
    expect(page).to_have_title("mailpit-py")
    page.wait_for_timeout(150)
    no_harm(page, node, "mailpit-py")


def test_the_frame_never_allows_scripts_or_the_pages_origin(node: Node, visit: Visit) -> None:
    send(node, mail("Any", html="<p>x</p>"))
    page = visit(node.url)
    row(page, "Any").click()
    assert page.locator("iframe").get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"


def test_hostile_words_are_words_everywhere(node: Node, visit: Visit) -> None:
    evil = '<img src=x onerror="document.title=1">'
    message = mail(
        f"\u202etxt.exe {evil} {'x' * 5_000}",
        f'javascript:alert(1) {evil} http://ok.test/"onmouseover=alert(1)// \u202eturned\u202c',
        sender=f'"{evil}" <evil@evil.test>',
        X_Evil=evil,
    )
    message.add_attachment(b"x", maintype="application", subtype="x-evil", filename=f"\u202egnp.{evil}.exe")
    send(node, message)
    page = visit(node.url)
    expect(page.get_by_text("[RLO]txt.exe").first).to_be_visible()
    row(page, "[RLO]txt.exe").click()
    shown = {
        "Text": evil,
        "Parts": evil,
        "Headers": evil,
        "Source": evil,
        "Path": "onerror=",
        "Wire": "bounce@acme.test",
    }
    for tab, words in shown.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tabpanel")).to_contain_text(words)
        assert page.locator("img[src=x]").count() == 0
    page.get_by_role("tab", name="Text").click()
    links = page.get_by_role("tabpanel").get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "http://ok.test/")
    expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(page.get_by_text("RLO", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class App(ThreadingHTTPServer):
    """An app outside the sandbox: its page sets a cookie, its image is counted."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, App)
        self.server.asked.append(self.path)
        script = "document.cookie='confirmed=yes'; document.body.append('cookie: ' + document.cookie)"
        image = self.path.startswith("/image")
        body = b'<svg xmlns="http://www.w3.org/2000/svg"/>' if image else f"<body><script>{script}</script>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml" if image else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def app() -> Iterator[App]:
    with App() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_confirm_link_opens_an_ordinary_page_that_can_set_a_cookie(node: Node, visit: Visit, app: App) -> None:
    send(node, mail("Confirm", html=f'<a href="{app.url}/confirm">Confirm address</a>'))
    page = visit(node.url)
    row(page, "Confirm").click()
    expect(page.frame_locator("iframe").get_by_role("link", name="Confirm address")).to_be_visible()
    page.wait_for_load_state("networkidle")  # until nothing above it moves it
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Confirm address").click()
    expect(opened.value.locator("body")).to_contain_text("cookie: confirmed=yes")
    assert opened.value.evaluate("window.opener") is None


def test_remote_content_waits_until_it_is_asked_for(node: Node, visit: Visit, app: App) -> None:
    html = f'<p>News</p><img src="{app.url}/image.svg"><div style="background:url({app.url}/image-css)">x</div>'
    send(node, mail("News 1", html=html), mail("News 2", html=html))
    page = visit(node.url)
    row(page, "News 1").click()
    expect(page.get_by_role("note", name="Remote content")).to_contain_text(
        app.url.removeprefix("http://").split(":")[0]
    )
    expect(page.frame_locator("iframe").get_by_text("News")).to_be_visible()
    assert app.asked == []
    with page.expect_response("**/image.svg"):
        page.get_by_role("button", name="Load once").click()
    expect(page.get_by_role("note", name="Remote content")).to_be_hidden()
    row(page, "News 2").click()
    with page.expect_response("**/image.svg"):
        page.get_by_role("button", name="Always for this sender").click()
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("News")).to_be_visible()
    expect(page.get_by_role("note", name="Remote content")).to_be_hidden()


def test_a_sandbox_that_never_loads_remote_content_does_not_offer_it(
    run: Callable[..., Node], visit: Visit, app: App
) -> None:
    node = run(remote_content="never")
    send(node, mail("News", html=f'<p>News</p><img src="{app.url}/image.svg">'))
    page = visit(node.url)
    row(page, "News").click()
    expect(page.get_by_role("note", name="Remote content")).to_be_visible()
    expect(page.get_by_role("button", name="Load once")).to_be_hidden()
    assert app.asked == []


def picture(size: int) -> bytes:
    """A red PNG of about `size` bytes."""
    import random
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" + b"\xff\x00\x00" * 40
    noise = random.Random(1).randbytes(size)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"noIs", noise)
        + chunk(b"IDAT", zlib.compress(line * 40))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [100, 200_000], ids=["inlined", "behind a signed address"])
def test_an_embedded_image_shows_although_the_page_needs_a_password(
    run: Callable[..., Node], visit: Visit, size: int
) -> None:
    from io import BytesIO

    from PIL import Image

    node = run(ui_auth="ann:secret")
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Picture", "hi@acme.test", "ann@x.test"
    message.set_content("text")
    message.add_alternative(
        '<body style="margin:0"><img src="cid:logo@x" width="40" height="40"></body>', subtype="html"
    )
    message.get_payload()[1].add_related(picture(size), "image", "png", cid="<logo@x>")
    send(node, message)
    page = visit(node.url, http_credentials={"username": "ann", "password": "secret"})
    row(page, "Picture").click()
    image = page.frame_locator("iframe").get_by_role("img")
    expect(image).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert Image.open(BytesIO(image.screenshot())).convert("RGB").getpixel((20, 20)) == (255, 0, 0)
