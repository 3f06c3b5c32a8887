"""Writing messages into files: single ones, mbox, Maildir, or a zip archive that keeps the envelopes."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailpit_py.errors import MailpitError

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,59}")  # old databases of Mailpit's have UUIDs
SUFFIX = ".mailpit-py"


@dataclass(frozen=True, slots=True)
class Kept:
    """One message of a sandbox with what is known beside its bytes. `received_at` is in UTC microseconds.

    The id becomes a file name, and may come from elsewhere: raises MailpitError unless it looks like one.
    """

    public_id: str
    raw: bytes
    received_at: int
    seen: bool
    reverse_path: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.public_id):
            raise MailpitError(f"{self.public_id[:40]!r} is no id of a message")


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages are written: `put` writes one, `known` are the ids of those that are there already."""

    put: Callable[[Kept], None]
    known: frozenset[str] = frozenset()


@contextmanager
def eml(folder: Path) -> Iterator[Target]:
    """A file for each message, named by its id and dated as it came. What is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)

    def put(one: Kept) -> None:
        _write(folder / f"{one.public_id}.eml", folder / f".{one.public_id}.part", one, one.raw)

    yield Target(put, frozenset(path.stem for path in folder.glob("*.eml")))


@contextmanager
def maildir(folder: Path) -> Iterator[Target]:
    """A Maildir: unread messages in `new`, read ones in `cur`. Lines end in LF there."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    there = [path.name.partition(":")[0] for name in ("new", "cur") for path in (folder / name).iterdir()]

    def put(one: Kept) -> None:
        name = f"{one.received_at // 1_000_000}.{one.public_id}{SUFFIX}"
        target = folder / "cur" / f"{name}:2,S" if one.seen else folder / "new" / name
        _write(target, folder / "tmp" / name, one, _with_lf(one.raw))

    yield Target(put, frozenset(name.split(".")[1] for name in there if name.endswith(SUFFIX)))


@contextmanager
def mbox(file: Path) -> Iterator[Target]:
    """One file with all messages (RFC 4155; lines that look like a separator are quoted). Lines end in LF there."""
    with _new_file(file).open("xb") as out:

        def put(one: Kept) -> None:
            sender = re.sub(r"\s", "", one.reverse_path) or "MAILER-DAEMON"
            when = time.asctime(time.gmtime(one.received_at // 1_000_000))
            raw = _FROM.sub(rb">\1", _with_lf(one.raw))
            end = b"\n" if raw.endswith(b"\n") or not raw else b"\n\n"
            out.write(f"From {sender} {when}\n".encode() + raw + end)

        yield Target(put)


@contextmanager
def archive(file: Path) -> Iterator[Target]:
    """A zip archive: each message as <id>.eml, octet by octet, and beside it <id>.json with its envelope."""
    with zipfile.ZipFile(_new_file(file), "x", zipfile.ZIP_DEFLATED) as out:

        def put(one: Kept) -> None:
            recipients = [{"address": address} for address in one.recipients]
            said = {"received_at_us": one.received_at, "reverse_path": one.reverse_path, "recipients": recipients}
            envelope = json.dumps(said, ensure_ascii=False, indent=2).encode("utf-8", "replace")
            date = time.gmtime(max(one.received_at // 1_000_000, 315_532_800))[:6]  # zip begins with 1980
            for name, octets in ((f"{one.public_id}.eml", one.raw), (f"{one.public_id}.json", envelope)):
                entry = zipfile.ZipInfo(name, date)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                out.writestr(entry, octets)

        yield Target(put)


FORMATS: Mapping[str, Callable[[Path], AbstractContextManager[Target]]] = {
    "eml": eml,
    "maildir": maildir,
    "mbox": mbox,
    "zip": archive,
}


def _new_file(file: Path) -> Path:
    if file.exists() or file.is_symlink():
        raise MailpitError(f"{file} exists; name another file")
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _write(target: Path, part: Path, one: Kept, octets: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    part.unlink(missing_ok=True)
    with part.open("xb") as out:
        out.write(octets)
    seconds = one.received_at / 1_000_000
    os.utime(part, (seconds, seconds))
    part.replace(target)


def _with_lf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")
