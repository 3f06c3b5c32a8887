"""`mailpit-py sendmail`: takes a message from programs that call sendmail, PHP above all."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
import threading
from dataclasses import dataclass
from email.utils import formataddr, formatdate
from typing import Any

import click

from mailpit_py.bind import Bind
from mailpit_py.cli.submission import DsnRequest, SubmissionError, connect, place_of, session, submit
from mailpit_py.errors import MailpitError
from mailpit_py.identity import new_public_id
from mailpit_py.mail import Message, read
from mailpit_py.mail.implied import address_of, is_address
from mailpit_py.mail.rewrite import with_fields

# sysexits.h
EX_OK, EX_USAGE, EX_DATAERR, EX_NOUSER, EX_UNAVAILABLE, EX_TEMPFAIL = 0, 64, 65, 67, 69, 75

DEFAULT_ADDRESS = "localhost:1025"
WITHOUT_MAIL = {"p": "Mail queue is empty", "i": ""}  # -bp is mailq, -bi is newaliases


class Unusable(MailpitError):
    """A call or a message that cannot be sent; `status` is the exit code."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """What the command line asked for."""

    place: Bind
    reverse_path: str
    full_name: str
    recipients: tuple[str, ...]
    from_header: bool
    dsn: DsnRequest | None


class WrongCall(click.UsageError):
    """A call that nobody understands."""

    exit_code = EX_USAGE


class SendmailCommand(click.Command):
    """A command that takes what Mailpit takes beside what sendmail does: `-S=host:port`, and `-h` alone for help."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. Raises WrongCall."""
        args = ["--help"] if args == ["-h"] else [re.sub(r"^(-[BFSefr])=", r"\1", one) for one in args]
        try:
            return super().parse_args(context, args)
        except click.UsageError as error:
            raise WrongCall(error.format_message(), error.ctx) from None


@click.command("sendmail", cls=SendmailCommand, context_settings={"help_option_names": ["--help"]})
@click.argument("recipients", nargs=-1)
@click.option("-S", "--smtp-addr", envvar="MP_SENDMAIL_SMTP_ADDR", metavar="ADDRESS", help="host:port or unix:/path.")
@click.option("-f", "-r", "--from", "reverse_path", envvar="MP_SENDMAIL_FROM", metavar="ADDRESS", help="MAIL FROM.")
@click.option("-t", "from_header", is_flag=True, help="Send also to To, Cc and Bcc, and take Bcc out.")
@click.option("-F", "full_name", default="", metavar="NAME", help="The sender's name, if the message has no From.")
@click.option("-b", "mode", default="m", metavar="MODE", help="s: speak SMTP on standard input; m: send (default).")
@click.option("-N", "notify", default="", metavar="LIST", help="NOTIFY: never, or success,failure,delay.")
@click.option("-R", "ret", default="", metavar="WORD", help="RET: full or hdrs.")
@click.option("-V", "envid", default="", metavar="ID", help="ENVID.")
@click.option("-i", "ignored", is_flag=True, help="Taken for granted: a line with a dot alone ends nothing.")
@click.option("-v", "ignored", is_flag=True, hidden=True)
@click.option("-G", "-n", "-U", "ignored", is_flag=True, hidden=True)
@click.option("-o", "-B", "-e", "-O", "-q", "-h", "-L", "-p", "-X", "ignored_value", multiple=True, hidden=True)
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Send the message on standard input to the sandbox, called as sendmail is.

    RECIPIENTS come from the command line, or without any from To, Cc and Bcc. A missing From, Date or
    Message-ID is added, as sendmail does. Flags of sendmail's that mean nothing here are ignored. The
    exit code is one of sysexits.h: 0 sent, 64 a wrong call, 65 a message that cannot be sent, 67 no such
    user, 69 no server or a refusal, 75 a temporary refusal.

    \b
    sendmail_path = "mailpit-py sendmail -t -S mailpit:1025"       in php.ini
    printf 'Subject: Hi\\n\\nHello\\n' | mailpit-py sendmail ann@example.com
    mailpit-py sendmail -bs < dialogue.txt
    """
    try:
        context.exit(run(given))
    except Unusable as error:
        click.echo(f"sendmail: {error}", err=True)
        context.exit(error.status)


def run(given: dict[str, Any]) -> int:
    """Do what was asked; return the exit code. Raises Unusable."""
    mode = given["mode"]
    if mode in WITHOUT_MAIL:
        click.echo(WITHOUT_MAIL[mode])
        return EX_OK
    if mode not in ("m", "s"):
        raise Unusable(f"-b{mode} is not supported; -bm sends, -bs speaks SMTP", EX_USAGE)
    try:
        place = place_of(given["smtp_addr"] or DEFAULT_ADDRESS)
    except ValueError as error:
        raise Unusable(f"-S: {error}", EX_USAGE) from None
    if mode == "s":
        return pipe(place)
    dsn = _dsn(given["notify"], given["ret"], given["envid"])
    reverse_path = _reverse_path(given["reverse_path"])
    call = Call(place, reverse_path, given["full_name"], given["recipients"], given["from_header"], dsn)
    return send(call, sys.stdin.buffer.read())


def send(call: Call, raw: bytes) -> int:
    """Complete a message and send it; return the exit code. Raises Unusable."""
    if raw.startswith(b"From "):  # the line that mailboxes have between messages
        raw = raw.partition(b"\n")[2]
    message = read(raw)
    recipients = [one for text in call.recipients for one in _addresses(text)]
    if call.from_header or not recipients:
        named = (one.address for one in (*message.to, *message.cc, *message.bcc))
        recipients = list(dict.fromkeys([*recipients, *named]))
    if not recipients:
        raise Unusable("there is no recipient: name one, or write To into the message", EX_USAGE)
    if wrong := [one for one in recipients if not is_address(one)]:
        raise Unusable(f"{wrong[0]!r} is not an address", EX_DATAERR)
    raw = completed(message, call, without_bcc=call.from_header)
    try:
        with session(call.place) as client:
            refused = submit(client, call.reverse_path, recipients, raw, dsn=call.dsn)
    except SubmissionError as error:
        raise Unusable(str(error), _status(error.code, str(error))) from None
    for address, (code, text) in refused.items():
        click.echo(f"sendmail: {address}: {code} {text}", err=True)
    return _status(*next(iter(refused.values()))) if refused else EX_OK


def completed(message: Message, call: Call, *, without_bcc: bool) -> bytes:
    """Return the message with the fields that sendmail would add, and Bcc taken out if asked for."""
    sender = call.reverse_path or _login_address()
    added = {
        "From": formataddr((call.full_name, sender)) if sender.isascii() else f"<{sender}>",
        "Date": formatdate(localtime=True),
        "Message-ID": f"<{new_public_id()}@{socket.gethostname()}>",
    }
    missing = {name: value for name, value in added.items() if message.field(name) is None}
    return with_fields(message, missing, without=("Bcc", "Resent-Bcc") if without_bcc else ())


def pipe(place: Bind) -> int:
    """Join standard input and output with the server (-bs); return the exit code. Raises Unusable."""
    try:
        server = connect(place)
    except OSError as error:
        raise Unusable(f"no SMTP server can be used at {place}: {error}", EX_UNAVAILABLE) from None
    server.settimeout(None)
    with server:
        threading.Thread(target=_feed, args=(server,), daemon=True).start()
        output = sys.stdout.buffer
        while octets := server.recv(1 << 16):
            output.write(octets)
            output.flush()
    return EX_OK


def _feed(server: socket.socket) -> None:
    descriptor = sys.stdin.fileno()
    try:
        while octets := os.read(descriptor, 1 << 16):
            server.sendall(octets)
        server.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the server has left, which the other direction notices


def _status(code: int, text: str) -> int:
    """The exit code for a refusal. (PHP takes EX_TEMPFAIL for a success, as if the mail were queued.)"""
    if 400 <= code < 500:
        return EX_TEMPFAIL
    return EX_NOUSER if code == 550 and "5.1.1 " in text else EX_UNAVAILABLE


def _reverse_path(given: str | None) -> str:
    if given == "<>":
        return ""
    address = address_of(given) or given.strip().removeprefix("<").removesuffix(">") if given else _login_address()
    if not is_address(address):
        raise Unusable(f"-f: {given!r} is not an address", EX_DATAERR)
    return address


def _addresses(text: str) -> list[str]:
    """The addresses of one argument: commas may stand between them, and names beside them."""
    pieces = re.findall(r'(?:"[^"]*"|[^,"])+', text)
    return [address_of(one) or one.strip() for one in pieces if one.strip()] or [text]


def _login_address() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        name = str(os.getuid())
    return f"{name}@{socket.gethostname() or 'localhost'}"


def _dsn(notify: str, ret: str, envid: str) -> DsnRequest | None:
    from mailpit_py.reports.xtext import encode

    mail = [f"RET={ret.upper()}"] if ret else []
    mail += [f"ENVID={encode(envid)}"] if envid else []
    rcpt = [f"NOTIFY={notify.upper()}"] if notify else []
    return (mail, rcpt) if mail or rcpt else None
