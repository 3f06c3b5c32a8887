"""What IMAP sessions want of the sandbox: every method takes its time, and is not called on the loop's thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from mailpit_py.application import maildrop
from mailpit_py.application.maildrop import Reader
from mailpit_py.application.putting import put
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.imap import downgrade, sort_key
from mailpit_py.servers.imap import directory
from mailpit_py.servers.imap.directory import Entry
from mailpit_py.servers.imap.fetch_item import FetchProgram
from mailpit_py.servers.imap.fetching import Content, render
from mailpit_py.servers.imap.problem import No
from mailpit_py.servers.imap.view import Numbered
from mailpit_py.servers.sasl import Credentials
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import DELETED, PATIENCE, Cursor, FlagChange, Folder, Item, News, Opened, query
from mailpit_py.storage.folders import HEAD_BYTES

T = TypeVar("T")

# How much of a FETCH is read and answered at a time.
_PIECE = 200
_OPENED_KEPT = 16
_PIECE_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Answered:
    """A piece of FETCH: the responses, for how many messages, and how many of these are gone."""

    octets: bytes
    count: int
    gone: int


class Desk:
    """Logins, folders and messages, for any number of sessions."""

    def __init__(self, sandbox: Sandbox, settings: ReadingSettings) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._folders = sandbox.store.folders
        self._opened: dict[Folder, Opened] = {}  # sessions that read the same share it
        self._lock = Lock()

    @property
    def tick(self) -> int:
        """A number that is another one whenever something may have happened; takes no time."""
        return self._sandbox.store.journal.tick

    def log_in(self, credentials: Credentials) -> Reader | None:
        """Who a login is, or None if its password is wrong."""
        name, password = credentials.name, credentials.password
        inbox = maildrop.opened(self._sandbox.inboxes, self._settings.accounts, name, password)
        return None if inbox is None else maildrop.reader(self._sandbox.store, name, inbox)

    # Folders

    def entries(self, reader: Reader) -> list[Entry]:
        """Every name that LIST may tell."""
        return directory.entries(self._folders.names(reader.inbox))

    def open(self, reader: Reader, name: str) -> tuple[Folder, Opened]:
        """A folder with its items. Raises No."""
        folder = self.folder(reader, name)
        with self._lock:
            last = self._opened.get(folder)
        opened = self._folders.open(folder, last)
        with self._lock:
            self._opened = dict([*self._opened.items(), (folder, opened)][-_OPENED_KEPT:])
        return folder, opened

    def folder(self, reader: Reader, name: str) -> Folder:
        """The folder of a name; a mailbox that is always there is made if it is not. Raises No."""
        folder = directory.folder_of(reader, name)
        if not self._folders.has(folder):
            if name not in directory.ALWAYS:
                raise No(f"there is no mailbox {name}", "NONEXISTENT")
            self._folders.make(reader.inbox, name).result(PATIENCE)
        return folder

    def news(self, folder: Folder, cursor: Cursor) -> News:
        """What happened in a folder after `cursor`."""
        return self._folders.news(folder, cursor)

    def size(self, items: Sequence[Item], *, is_utf8: bool) -> int:
        """The size of all these messages together."""
        return sum(self.octets(items, is_utf8=is_utf8).values())

    def octets(self, items: Sequence[Item], *, is_utf8: bool) -> dict[int, int]:
        """The size of each of these messages by its id."""
        return self._folders.octets([item.id for item in items], utf8=is_utf8)

    def make(self, reader: Reader, name: str) -> Opened:
        """Make a mailbox, and return it. Raises No."""
        if directory.is_reserved(name) or not name:
            raise No(f"{name} is not for you to make", "ALREADYEXISTS" if name in directory.ALWAYS else "CANNOT")
        if not self._folders.make(reader.inbox, name).result(PATIENCE):
            raise No(f"there is a mailbox {name} already", "ALREADYEXISTS")
        return self.open(reader, name)[1]

    def drop(self, reader: Reader, name: str) -> None:
        """Remove a mailbox; its messages go to Trash. Raises No."""
        if directory.is_reserved(name):
            raise No(f"{name} cannot be deleted", "CANNOT")
        self.folder(reader, name)
        self._folders.drop(reader.inbox, name).result(PATIENCE)

    def rename(self, reader: Reader, old: str, new: str) -> None:
        """Rename a mailbox and those below it. Raises No."""
        if directory.is_reserved(old) or directory.is_reserved(new) or not new:
            raise No(f"{old} cannot become {new}", "CANNOT")
        self.folder(reader, old)
        if self._folders.has(directory.folder_of(reader, new)) or new.startswith(f"{old}/"):
            raise No(f"{new} cannot be its name", "ALREADYEXISTS")
        self._folders.rename(reader.inbox, old, new).result(PATIENCE)

    def subscribe(self, reader: Reader, name: str, *, subscribed: bool) -> None:
        """Keep whether a mailbox is subscribed. Raises No."""
        folder = self.folder(reader, name)
        if folder.is_mailbox:
            self._folders.subscribe(reader.inbox, name, subscribed=subscribed).result(PATIENCE)
        elif not subscribed:
            raise No(f"{name} is always subscribed", "CANNOT")

    # Messages

    def fetch(self, program: FetchProgram, chosen: Sequence[Numbered], *, is_utf8: bool) -> Answered:
        """Answer FETCH for the first of these messages, as many as are answered at a time.

        What came with SMTPUTF8 is told to who has not asked for UTF-8 as RFC 6857 converts it.
        """
        piece = chosen[:_PIECE]
        contents: dict[int, Content] = {}
        if program.needs_message:
            piece, contents = self._read(program, piece, is_utf8=is_utf8)
        lines = [render(program, number, item, contents.get(item.id), is_utf8=is_utf8) for number, item in piece]
        gone = sum(item.id not in contents for _, item in piece) if program.needs_message else 0
        return Answered(b"".join(lines), len(piece), gone)

    def _read(
        self, program: FetchProgram, piece: Sequence[Numbered], *, is_utf8: bool
    ) -> tuple[Sequence[Numbered], dict[int, Content]]:
        """What the program needs of these messages, or of the first ones if they are large; with those it is of."""
        ids = [item.id for _, item in piece]
        raws: dict[int, bytes] = {}
        if program.reads_content:
            ids, raws = self._first(ids, only_heads=program.reads_header)
        received = self._folders.received(ids)
        sizes = self._folders.octets(ids, utf8=is_utf8) if program.has("RFC822.SIZE") else {}
        names = self._folders.public_ids(ids) if program.has("EMAILID") else {}
        converted = self._folders.international(raws) if raws and not is_utf8 else frozenset()
        contents = {}
        for number in ids:
            raw = raws.get(number)
            if number in converted and raw is not None:
                raw = downgrade(raw)
            if number in received and (raw is not None or not program.reads_content):
                contents[number] = Content(received[number], sizes.get(number, 0), raw, names.get(number, ""))
        return piece[: len(ids)], contents

    def _first(self, ids: list[int], *, only_heads: bool) -> tuple[list[int], dict[int, bytes]]:
        """As many of these messages as are read at a time, and their bytes, or the first of these."""
        of_each = HEAD_BYTES if only_heads else 1 << 62
        some = ids[: self._folders.fitting(ids[:_PIECE], _PIECE_BYTES, of_each=of_each)]
        return some, (self._folders.heads if only_heads else self._folders.raws)(some)

    def found(self, folder: Folder, nodes: Sequence[query.Node]) -> dict[query.Node, frozenset[int]]:
        """The ids of the messages of which each of these conditions holds."""
        return {node: self._folders.found(folder.inbox, node) for node in nodes}

    def sort_keys(self, items: Sequence[Item], criterion: str, *, is_utf8: bool) -> dict[int, Any]:
        """What a criterion of SORT compares of each of these messages, by its id; nothing of one that is gone."""
        if criterion == "SIZE":
            return dict(self.octets(items, is_utf8=is_utf8))
        ids = [item.id for item in items]
        received = self._folders.received(ids)
        if criterion == "ARRIVAL":
            return dict(received)
        found: dict[int, Any] = {}
        while ids:
            some, heads = self._first(ids, only_heads=True)
            for number, head in heads.items():
                found[number] = sort_key(head, criterion, arrived_at=received.get(number, 0), size_octets=0)
            ids = ids[len(some) :]
        return found

    def append(
        self, reader: Reader, name: str, raw: bytes, *, flags: Iterable[str], received_at: int | None
    ) -> tuple[int, int] | None:
        """Put a message into a mailbox; return its UIDVALIDITY and the UID, None if it was not kept. Raises No."""
        folder = self._target(reader, name)
        if "*" in reader.recipient:
            raise No("this login reads for many addresses, and writes for none", "CANNOT")
        kept = FlagChange.of("", flags).flags
        public_id = put(self._sandbox, reader, raw, mailbox=folder.mailbox, flags=kept, received_at=received_at)
        return self._folders.uid_of(folder, public_id)

    def flag(
        self, folder: Folder, items: Iterable[Item], change: FlagChange, unchanged_since: int | None = None
    ) -> list[int]:
        """Change flags; return the UIDs of what has changed since, and is as it was."""
        return _joined(self._folders.flag(folder, items, change, unchanged_since=unchanged_since))

    def copy(
        self, reader: Reader, source: Folder, items: Iterable[Item], name: str, *, moves: bool
    ) -> tuple[int, list[tuple[int, int]]]:
        """Copy or move messages; return UIDVALIDITY of where they are then, and the pairs of UIDs. Raises No."""
        folder = self._target(reader, name)
        if moves and source.tag:
            raise No("a message cannot be moved out of a tag; copy it, and take the tag away", "CANNOT")
        carry = self._folders.move if moves else self._folders.copy
        pairs = _joined(carry(source, items, name))
        return self._folders.open(folder).place.uidvalidity, pairs

    def _target(self, reader: Reader, name: str) -> Folder:
        try:
            folder = self.folder(reader, name)
        except No as error:
            raise No(str(error), "TRYCREATE") from None
        if not folder.is_mailbox:
            raise No(f"nothing can be put into {name}", "CANNOT")
        return folder

    def expunge(self, folder: Folder, items: Iterable[Item]) -> int:
        """Let go of those of these messages that are flagged \\Deleted."""
        marked = [item for item in items if DELETED in item.flags]
        return sum(one.result(PATIENCE) for one in self._folders.expunge(folder, marked))


def _joined(futures: Iterable[Future[list[T]]]) -> list[T]:
    return [one for future in futures for one in future.result(PATIENCE)]
