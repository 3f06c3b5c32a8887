from __future__ import annotations

import contextlib
import re
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.servers.smtp import grammar, greeting
from mailpit_py.servers.smtp.reply import Refused
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.simulation.outcome import EXTENSIONS


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        ("FROM:<ann@example.test>", "ann@example.test"),
        ("from:<Ann@Example.Test>", "Ann@Example.Test"),
        ("FROM: <ann@example.test>", "ann@example.test"),
        ("FROM:  ann@example.test", "ann@example.test"),
        ("FROM : <ann@example.test>", "ann@example.test"),
        ("FROM:<>", ""),
        ("FROM:<@one.test,@two.test:ann@example.test>", "ann@example.test"),
        ('FROM:<"ann b"@example.test>', '"ann b"@example.test'),
        ('FROM:<"a\\"b>c"@example.test>', '"a\\"b>c"@example.test'),
        ('FROM:"ann b"@example.test SIZE=1', '"ann b"@example.test'),
        ('FROM:<"@x:y"@example.test>', '"@x:y"@example.test'),
        ("FROM:<ann@[127.0.0.1]>", "ann@[127.0.0.1]"),
        ("FROM:<ann@[IPv6:::1]>", "ann@[IPv6:::1]"),
        ("FROM:<ann@[x400:c=de]>", "ann@[x400:c=de]"),
        ("FROM:<ann@localhost>", "ann@localhost"),
        ("FROM:<ann@my_container>", "ann@my_container"),
        ("FROM:<ann+tag=x@example.test>", "ann+tag=x@example.test"),
        ("FROM:<jöße@münchen.test>", "jöße@münchen.test"),
        ("FROM:<" + "a" * 64 + "@" + ".".join(["b" * 63] * 3) + ">", "a" * 64 + "@" + ".".join(["b" * 63] * 3)),
    ],
)
def test_reverse_path_is_read(argument, address):
    assert grammar.parse_mail(argument).reverse_path == address


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("", 501),
        ("FROM", 501),
        ("FROM:", 501),
        ("FROM: ", 501),
        ("TO:<ann@example.test>", 501),
        ("FROM:<ann@example.test", 501),
        ("FROM:ann@example.test>", 501),
        ("FROM:<ann@example.test>SIZE=1", 501),
        ("FROM:Ann <ann@example.test>", 501),
        ("FROM:<<ann@example.test>>", 501),
        ("FROM:<ann>", 553),
        ("FROM:<ann@>", 553),
        ("FROM:<@example.test>", 553),
        ("FROM:<a@b@c>", 553),
        ("FROM:<a@@b>", 553),
        ("FROM:< ann@example.test>", 553),
        ("FROM:<ann@example.test >", 553),
        ("FROM:<a..b@example.test>", 553),
        ("FROM:<.a@example.test>", 553),
        ("FROM:<a.@example.test>", 553),
        ("FROM:<a@-example.test>", 553),
        ("FROM:<a@example..test>", 553),
        ("FROM:<a@[300.0.0.1]>", 553),
        ("FROM:<a@[IPv6:zz]>", 553),
        ("FROM:<a@[x:]>", 553),
        ("FROM:<@one.test ann@example.test>", 553),
        ("FROM:<" + "a" * 1100 + "@example.test>", 500),
        ("FROM:<> SIZE", 501),
        ("FROM:<> SIZE=", 501),
        ("FROM:<> SIZE=x", 501),
        ("FROM:<> SIZE=²", 501),
        ("FROM:<> SIZE=1 SIZE=1", 501),
        ("FROM:<> SIZE=" + "9" * 21, 501),
        ("FROM:<> BODY=9BIT", 501),
        ("FROM:<> SMTPUTF8=1", 501),
        ("FROM:<> =1", 501),
        ("FROM:<> RET=", 501),
        ("FROM:<> ENVID=" + "a" * 101, 501),
        ("FROM:<> ENVID=a+0ab", 501),
        ("FROM:<> ENVID=a+7Fb", 501),
        ("FROM:<> AUTH=a=b", 501),
        ("FROM:<> X-FOO=1", 555),
        ("FROM:<> MT-PRIORITY=3", 555),
    ],
)
def test_what_is_no_mail_command_is_refused(argument, code):
    with pytest.raises(Refused) as caught:
        grammar.parse_mail(argument)
    assert caught.value.reply.code == code


def test_parameters_keep_their_case():
    envelope = grammar.parse_mail(
        "FROM:<> size=12 body=8bitmime smtputf8 ret=Full envid=Ab+2BcD auth=E+3DMC2@example.com"
    )
    assert (envelope.size, envelope.body, envelope.smtputf8) == (12, "8BITMIME", True)
    assert (envelope.ret, envelope.envid, envelope.auth) == ("Full", "Ab+2BcD", "E+3DMC2@example.com")


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        ("TO:<bob@example.test>", "bob@example.test"),
        ("to:bob@example.test", "bob@example.test"),
        ("TO:<Postmaster>", "Postmaster"),
    ],
)
def test_forward_path_is_read(argument, address):
    assert grammar.parse_rcpt(argument).address == address


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("TO:<>", 501),
        ("TO:", 501),
        ("TO:<bob>", 553),
        ("TO:<b@c> NOTIFY=NEVER,NEVER", 501),
        ("TO:<b@c> NOTIFY=SOMETIMES", 501),
        ("TO:<b@c> NOTIFY=SUCCESS,", 501),
        ("TO:<b@c> ORCPT=rfc822", 501),
        ("TO:<b@c> ORCPT=;x", 501),
        ("TO:<b@c> ORCPT=rfc822;a+0Ab", 501),
        ("TO:<b@c> ORCPT=rfc822;" + "a" * 500, 501),
        ("TO:<b@c> ORCPT=rfc822;jö@x", 501),
        ("TO:<b@c> SIZE=1", 555),
    ],
)
def test_what_is_no_rcpt_command_is_refused(argument, code):
    with pytest.raises(Refused) as caught:
        grammar.parse_rcpt(argument)
    assert caught.value.reply.code == code


def test_dsn_parameters_of_a_recipient_keep_their_case():
    recipient = grammar.parse_rcpt("TO:<b@c> NOTIFY=success,DELAY ORCPT=rfc822;Bob+2Bx@Y")
    assert (recipient.notify, recipient.orcpt) == ("success,DELAY", "rfc822;Bob+2Bx@Y")
    assert grammar.parse_rcpt("TO:<b@c> ORCPT=utf-8;jö@x").orcpt == "utf-8;jö@x"
    assert grammar.parse_rcpt("TO:<b@c> ORCPT=rfc822;" + "a" * 493).orcpt.endswith("aaa")


@pytest.mark.parametrize(
    ("argument", "chunk"),
    [
        ("0", grammar.Chunk(0, last=False)),
        ("12 LAST", grammar.Chunk(12, last=True)),
        ("12  last ", grammar.Chunk(12, last=True)),
        ("12 FIRST", grammar.Chunk(12, last=False, malformed=True)),
    ],
)
def test_chunk_is_read(argument, chunk):
    assert grammar.parse_chunk(argument) == chunk


@pytest.mark.parametrize("argument", ["", "LAST", "-1", "1.5", "x12", "12LAST", "٣", "1" * 21])
def test_what_announces_no_octets_is_refused(argument):
    with pytest.raises(Refused):
        grammar.parse_chunk(argument)


@pytest.mark.parametrize("line", [b"NOOP \r", b"NOOP \x00", b"NOOP \x7f", b"NOOP \t", "NOOP \x85".encode(), b"\xff"])
def test_control_characters_are_refused(line):
    with pytest.raises(Refused):
        grammar.decode(line)


@given(st.one_of(st.text(max_size=60), st.text('FROM:<>"\\@.[]a= +0A', max_size=60)))
def test_no_address_carries_a_control_character_or_a_bracket_outside_quotes(text):
    try:
        line = grammar.decode(b"FROM:" + text.encode("utf-8", "surrogatepass"))
        path = grammar.parse_mail(line).reverse_path
    except Refused:
        return
    assert path.isprintable() or max(path) >= "\xa0"
    assert path == "" or "@" in path


def test_grammar_takes_no_longer_for_hostile_lines():
    for text in ("a." * 500, '"' * 1000, "a" * 1000, "-" * 1000, "@a," * 300, "\\" * 1000, "<" * 1000):
        for line in (f"FROM:<{text}>", f"FROM:{text}", f"FROM:<a@{text}>", f'FROM:<"{text}"@b>', f"FROM:<> {text}"):
            with contextlib.suppress(Refused):
                grammar.parse_mail(line)


def test_every_extension_that_can_be_hidden_is_announced_and_no_other():
    settings = SmtpSettings(ssl_context=ssl.create_default_context())
    announced = {line.split(" ")[0] for line in greeting.extensions(settings, "me", is_tls=False).text.split("\n")[1:]}
    assert announced == EXTENSIONS
    assert greeting.extensions(settings, "me", is_tls=False, hidden=EXTENSIONS).text == "localhost greets me"


_PATHS = st.lists(
    st.sampled_from(["<", ">", "@", ".", "-", "_", "a", "B9", "ann", "x.y", "[1.2.3.4]", '"', "é", " ", "+", "\n"])
)
_WRITTEN = st.builds(
    "{}:{}{}".format,
    st.sampled_from(["FROM", "TO", "from", "To ", "RCPT"]),
    _PATHS.map("".join) | _PATHS.map(lambda path: f"<{''.join(path)}>") | st.just("<ann.b@one-two.example>"),
    st.sampled_from(["", " SIZE=1", " NOTIFY=NEVER", " ", "x"]),
)


@given(_WRITTEN, st.sampled_from([frozenset[str](), frozenset({"SMTPUTF8", "SIZE"})]))
@pytest.mark.parametrize("parse", [grammar.parse_mail, grammar.parse_rcpt])
def test_what_is_usual_is_read_as_the_full_grammar_reads_it(parse, argument, hidden):
    def read():
        try:
            return parse(argument, hidden)
        except Refused as refused:
            return refused.reply

    quickly = read()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_USUAL_MAIL", "_USUAL_RCPT"):
            patch.setattr(grammar, name, re.compile("(?!)"))
        assert read() == quickly


def test_a_usual_address_longer_than_a_path_may_be_is_refused():
    with pytest.raises(Refused):
        grammar.parse_rcpt(f"TO:<{'a' * grammar.PATH_LIMIT}@example.test>")
