"""Commands that open and close a folder, and wait for what happens in it (RFC 9051 §6.3.2 and on)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.view import Selected, View
from mailpit_py.servers.imap.work import Work, ask, next_line

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session


def select(session: Session, scanner: Scanner) -> Work[str]:
    """SELECT (RFC 9051 §6.3.2): a mailbox to work in. The one before is closed, also if this one is not there."""
    return (yield from _open(session, scanner, is_read_only=False))


def examine(session: Session, scanner: Scanner) -> Work[str]:
    """EXAMINE (RFC 9051 §6.3.3): the same, to read only: nothing becomes seen."""
    return (yield from _open(session, scanner, is_read_only=True))


def _open(session: Session, scanner: Scanner, *, is_read_only: bool) -> Work[str]:
    name = scanner.mailbox()
    if scanner.skip(b" "):
        scanner.listed(lambda: scanner.pass_over(b"CONDSTORE"), may_be_empty=False)
        session.enabled.add("CONDSTORE")
    scanner.end()
    if session.view is not None:
        session.say("* OK [CLOSED] the mailbox before is closed")
    session.select(None)
    reader, tick = session.reader, session.tick
    assert reader is not None
    folder, opened = yield from ask(lambda desk: desk.open(reader, name))
    view = View(Selected(name, folder, opened.place.uidvalidity, is_read_only), opened)
    session.select(view, tick)
    _describe(session, view)
    session.say(f"* OK [MAILBOXID ({opened.object_id})] what it is called for ever")
    return f"[{'READ-ONLY' if is_read_only else 'READ-WRITE'}] {'EXAMINE' if is_read_only else 'SELECT'} completed"


def _describe(session: Session, view: View) -> None:
    """Say what RFC 9051 §6.3.2 asks for, and RFC 3501 §6.3.1 of who has not enabled the newer one."""
    session.tell(tells_expunged=False)
    if not len(view):
        session.say("* 0 EXISTS")
    if "IMAP4REV2" in session.enabled:
        session.say(f'* LIST () "/" {session.mailbox(view.selected.name)}')
    else:
        session.say("* 0 RECENT")
        unseen = next((number for number, item in view.all() if not item.seen), 0)
        if unseen:
            session.say(f"* OK [UNSEEN {unseen}] the first message that is not seen")
    session.say(f"* OK [UIDVALIDITY {view.selected.uidvalidity}] UIDs are valid")
    session.say(f"* OK [UIDNEXT {view.uidnext}] the next UID")
    session.tell_modseq()


def close(session: Session, scanner: Scanner) -> Work[None]:
    """CLOSE: lets go of what is flagged as deleted, and tells nothing of it."""
    yield from session.read_news()
    view = session.view
    if view is not None and not view.selected.is_read_only:
        items = [item for _, item in view.all()]
        yield from ask(lambda desk: desk.expunge(view.selected.folder, items))
    session.select(None)


def unselect(session: Session, scanner: Scanner) -> Work[None]:
    """UNSELECT (RFC 9051 §6.4.2): closes the mailbox and removes nothing."""
    session.select(None)
    yield from ()


def idle(session: Session, scanner: Scanner) -> Work[None]:
    """IDLE: tells what happens until the client says DONE."""
    session.say("+ idling")
    line = None
    while line is None:
        yield from session.catch_up()
        if not session.is_behind:
            line = yield from next_line()
    if line.upper() != b"DONE":
        raise Bad("IDLE ends with DONE")
