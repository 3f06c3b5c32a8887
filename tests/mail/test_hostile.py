"""Inputs that kill the standard library's parser, and inputs made to be slow (checks E4, E6, E7)."""

import sys
import time
from collections.abc import Callable

import pytest

from mailpit_py.mail import Message, hops, imap, linkify, links, read
from mailpit_py.mail.html import sanitise, to_text


def use(message: Message) -> None:
    """Ask for everything a message can tell."""
    _ = (
        message.subject,
        message.from_,
        message.to,
        message.date,
        message.message_id,
        message.snippet,
        message.search_text,
    )
    _ = (message.attachments, message.inline, message.defects, message.fields, hops(message), links(message))
    linkify(message.text)
    imap.envelope(message.raw)
    imap.body_structure(message.raw)
    imap.downgrade(message.raw)
    imap.section(message.raw, imap.Section((1, 1)))
    imap.base_subject(message.subject)


def nested_multiparts(count: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(count))


def subject(count: int) -> bytes:
    return b"Subject: " + b"=?utf-8?Q?x?=\r\n " * count + b"\r\n\r\nbody"


# Section and key figures: references say what each does to email.policy.default.
KILLERS: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": nested_multiparts,
    "nested messages": lambda n: b"Content-Type: message/rfc822\n\n" * n,
    "sibling parts": lambda n: b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * n,
    "encoded words": subject,
    "unfinished encoded words": lambda n: b"Subject: " + b"=?utf-8?Q?x" * n + b"\n\n",
    "fields": lambda n: b"".join(b"X-%d: y\n" % i for i in range(n)) + b"\nbody",
    "fields of one name": lambda n: b"Received: x\n" * n + b"\nbody",
    "addresses": lambda n: b"To: " + b", ".join(b"a%d@example.org" % i for i in range(n)) + b"\n\n",
    "addresses with comments": lambda n: b"To: " + b", ".join(b"a%d@example.org (c)" % i for i in range(n)) + b"\n\n",
    "nested comments": lambda n: b"From: " + b"(" * n + b"a@example.org" + b")" * n + b"\n\n",
    "unclosed comments": lambda n: b"From: " + b"(a" * n + b"\n\n",
    "unclosed quotes": lambda n: b'From: "' + b'\\"' * n + b"\n\n",
    "angle brackets": lambda n: b'From: <"\\",' + b'<"\\",' * n + b"\n\n",
    "opening angle brackets": lambda n: b"From: " + b"<a," * n + b"\n\n",
    "brackets": lambda n: b"From: " + b"[" * n + b"\n\n",
    "spaces in addresses": lambda n: b"From: a" + b" " * n + b"@b\n\n",
    "dots in addresses": lambda n: b"From: a@" + b". " * n + b"b\n\n",
    "parameters": lambda n: b"Content-Type: text/plain" + b"".join(b"; p%d=x" % i for i in range(n)) + b"\n\n",
    "continuations": lambda n: b"Content-Type: text/plain" + b"".join(b"; name*%d*=x" % i for i in range(n)) + b"\n\n",
    "parameter quotes": lambda n: b'Content-Type: text/plain; a="' + b'\\"' * n + b"\n\n",
    "parameter spaces": lambda n: b"Content-Type: text/plain; a=b" + b" " * n + b"(\n\n",
    "semicolons": lambda n: b"Content-Type: text/plain" + b" ;" * n + b"\n\n",
    "list marks": lambda n: b"Subject: " + b"[a]" * n + b"x\n\n",
    "replies": lambda n: b"Subject: " + b"re [" * n + b"re[a]:" * n + b"\n\n",
    "forwards": lambda n: b"Subject: " + b"[fwd:" * n + b"]" * n + b"\n\n",
    "groups": lambda n: b"To: " + b"a:" * n + "ü;".encode() * n + b"\n\n",
    "addresses beyond ASCII": lambda n: b"To: " + "ü@ü.test, ".encode() * n + b"\n\n",
    "domains beyond ASCII": lambda n: b"To: a@" + "ü.".encode() * n + b"\n\n",
    "folds": lambda n: b"Subject: x" + b"\r\n " * n + b"\r\n\r\n",
    "one long line": lambda n: b"x" * n,
    "a name without a colon": lambda n: b"Subject: x\n" + b"y" * n + b"\n\nz",
    "dashes": lambda n: b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--\n" * n,
    "long dashes": lambda n: b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n" + b"-" * n,
    "returns": lambda n: b"Content-Type: multipart/mixed; boundary=x\r\r" + b"\r--" * n,
    "colons": lambda n: b":\n" * n,
    "mbox lines": lambda n: b"From x\n" * n,
    "continuation lines": lambda n: b" x\n" * n,
    "dates": lambda n: b"Date: " + b"1 " * n + b"\n\n",
    "received comments": lambda n: b"Received: from x " + b"(" * n + b"\n\n",
    "received words": lambda n: b"Received: from x " + b"by from with id " * n + b";;;;\n\n",
    "received colons": lambda n: b"Received: from x (" + b"a:" * n + b")\n\n",
    "message ids": lambda n: b"Message-ID: " + b"<" * n + b"\n\n",
    "base64 padding": lambda n: b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * n,
    "equals signs": lambda n: b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * n,
    "uuencode": lambda n: b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\n" + b"#86)C\n" * n,
    "comments in HTML": lambda n: b"Content-Type: text/html\n\n" + b"<!--" * n,
    "styles in HTML": lambda n: b"Content-Type: text/html\n\n" + b"<style>" * n,
    "attributes in HTML": lambda n: b"Content-Type: text/html\n\n<p " + b"a='\" " * n,
    "links": lambda n: b"\n" + b"http://a/)))) (" * n,
    "brackets after links": lambda n: b"\nhttp://a/" + b")" * n,
    "bidi controls": lambda n: b"\n" + "\u202e".encode() * n,
}


@pytest.mark.parametrize("name", KILLERS)
def test_what_kills_other_parsers_is_read(name):
    use(read(KILLERS[name](2_000)))


def lines_run(action: Callable[[], object]) -> int:
    """How many steps of Python an action takes: work counted, not time."""
    steps = 0

    def trace(frame: object, event: str, arg: object) -> object:
        nonlocal steps
        steps += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("name", KILLERS)
def test_the_work_grows_no_faster_than_the_message(name):
    small, large = KILLERS[name](250), KILLERS[name](1_000)
    few, many = lines_run(lambda: use(read(small))), lines_run(lambda: use(read(large)))
    assert many < 5 * few + 2_000


def fastest(action: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", KILLERS)
def test_the_time_within_one_step_is_not_quadratic(name):
    """Work inside regular expressions is not counted in steps: eightfold input, far below 64-fold time."""
    small, large = KILLERS[name](1_500), KILLERS[name](12_000)
    unit = max(fastest(lambda: use(read(small))), 0.002)
    assert fastest(lambda: use(read(large)), rounds=2) < 30 * unit


HTML_KILLERS: dict[str, Callable[[int], str]] = {
    "nested divs": lambda n: "<div>" * n + "x",
    "formatting": lambda n: "".join(f"<p><font a={i}>" for i in range(n)),
    "closed formatting": lambda n: "<b><p></b>" * n,
    "hidden depth": lambda n: "<div><table><td></div></table>" * n,
    "tables": lambda n: "<table><td>" * n,
    "lists": lambda n: "<ul><li>" * n,
    "bodies": lambda n: "".join(f"<body a{i}=1>" for i in range(n)),
    "attributes": lambda n: "<p " + " ".join(f"a{i}" for i in range(n)) + ">",
    "quotes": lambda n: "<blockquote>" * n + "x",
    "comments": lambda n: "<!--" * n,
    "unclosed tags": lambda n: "<a href='" * n,
    "styles": lambda n: "<style>a{}</style>" * n,
    "style blocks": lambda n: "<style>" + "{" * n,
    "style strings": lambda n: "<style>" + "'\n" * n,
    "style urls": lambda n: "<style>" + "url(" * n,
    "style imports": lambda n: "<style>" + "@import " * n,
    "srcset": lambda n: "<img srcset='" + "x," * n + "'>",
    "data": lambda n: "<img src='data:image/png;base64," + ";base64," * n + "'>",
    "parameters of data": lambda n: "<img src='data:image/png" + ";a" * n + "'>",
    "ends": lambda n: "</p>" * n,
    "templates": lambda n: "<template>" * n,
    "raw text": lambda n: "<textarea>" + "</textarea" * n,
}


@pytest.mark.parametrize("name", HTML_KILLERS)
def test_html_made_to_be_slow_is_not(name):
    def run(markup: str) -> None:
        sanitise(markup, resolve=lambda url: None, remote=False)
        to_text(markup)

    small, large = HTML_KILLERS[name](1_000), HTML_KILLERS[name](8_000)
    ratios = []
    for _ in range(4):  # other load on the machine only ever makes one side slower
        ratios.append(fastest(lambda: run(large), rounds=1) / max(fastest(lambda: run(small), rounds=2), 0.002))
        if ratios[-1] < 40:
            return
    pytest.fail(f"eight times the input took {min(ratios):.0f} times as long")


def test_a_hundred_thousand_divs_are_shown():
    found = sanitise("<div>" * 100_000 + "deep", resolve=lambda url: None, remote=False)
    assert "deep" in found.html
    assert found.html.count("<div>") == 500
    assert to_text("<div>" * 100_000 + "deep") == "deep"


@pytest.mark.parametrize("value", [b"<[abc]>", b"<", b'"', b"(", b"@", b",", b"<@", b":;", b"\\"])
@pytest.mark.parametrize(
    "name", [b"From", b"To", b"Message-ID", b"Date", b"Content-Type", b"Content-Disposition", b"Received"]
)
def test_values_that_make_other_parsers_raise(name, value):
    use(read(name + b": " + value + b"\n\n"))


@pytest.mark.parametrize(
    "charset", [b"rot13", b"zlib", b"hex", b"idna", b"utf-8\0", b"unicode_escape", b"undefined", b"x" * 5_000]
)
def test_charsets_that_are_none(charset):
    message = read(
        b"Subject: =?" + charset[:50] + b"?Q?x?=\nContent-Type: text/plain; charset=" + charset + b"\n\ncaf\xc3\xa9"
    )
    use(message)
    assert message.text == "café"
