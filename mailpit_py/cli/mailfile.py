"""Messages in files: single ones, mbox, Maildir, folders of all these, and the archives that `dump` writes."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mailpit_py.errors import StorageError
from mailpit_py.storage.mailpit_database import count_mailpits, is_mailpits, read_mailpits

_FROM_LINE = re.compile(rb"From (\S+)?")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
ENVELOPE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """One message with the name of its source; reverse-path and recipients if the source has an envelope.

    `received_at` is in UTC microseconds. `cost` is how many bytes of the files it took, for a progress bar.
    """

    raw: bytes
    name: str
    received_at: int
    cost: int
    reverse_path: str | None = None
    recipients: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that is passed over, and why."""

    name: str
    reason: str
    cost: int = 0


def files_of(paths: Iterable[Path], *, since: float = 0) -> list[Path]:
    """All regular files of these files and folders, in the order of their names, changed at `since` or later.

    A Maildir's `tmp` is left out, since it holds what is not there yet; links inside of folders are not followed.
    """
    found: list[Path] = []
    for path in paths:
        inner = sorted(one for one in path.rglob("*") if not one.is_symlink()) if path.is_dir() else [path]
        found += [one for one in inner if one.is_file() and not _is_unfinished(one) and one.stat().st_mtime >= since]
    return found


def _is_unfinished(path: Path) -> bool:
    folder = path.parent
    return folder.name == "tmp" and (folder.parent / "cur").is_dir() and (folder.parent / "new").is_dir()


def messages(path: Path, limit_bytes: int) -> Iterator[Found | Unreadable]:
    """Yield the messages of one file; what is larger than `limit_bytes` (0: no limit) or cannot be read is named."""
    try:
        with path.open("rb") as file:
            head = file.read(5)
        if head.startswith(b"PK\x03\x04"):
            yield from _of_zip(path, limit_bytes)
        elif head == b"SQLit" and is_mailpits(path):
            yield from _of_mailpit(path)
        elif head == b"From ":
            yield from _of_mbox(path, limit_bytes)
        else:
            yield _single(path, limit_bytes)
    except (OSError, StorageError, zipfile.BadZipFile) as error:
        yield Unreadable(str(path), str(error))


def _of_mailpit(path: Path) -> Iterator[Found]:
    cost = path.stat().st_size // max(count_mailpits(path), 1)
    for number, one in enumerate(read_mailpits(path), 1):
        yield Found(one.raw, f"{path}#{number}", one.received_at, cost)


def _single(path: Path, limit_bytes: int) -> Found | Unreadable:
    status = path.stat()
    if 0 < limit_bytes < status.st_size:
        return _too_large(str(path), limit_bytes, status.st_size)
    return Found(path.read_bytes(), str(path), _micros(status.st_mtime), status.st_size)


def _of_mbox(path: Path, limit_bytes: int) -> Iterator[Found | Unreadable]:
    """The messages of an mbox: each begins with a line `From ` at the start or after an empty line (RFC 4155)."""
    received_at = _micros(path.stat().st_mtime)
    lines: list[bytes] = []
    number = size = 0
    after_empty = True
    with path.open("rb") as file:
        for line in file:
            if after_empty and line.startswith(b"From ") and lines:
                number += 1
                yield _from_mbox(lines, size, f"{path}#{number}", received_at, limit_bytes)
                lines, size = [], 0
            size += len(line)
            if not 0 < limit_bytes < size:
                lines.append(line)
            after_empty = line in (b"\n", b"\r\n")
    if lines:
        yield _from_mbox(lines, size, f"{path}#{number + 1}", received_at, limit_bytes)


def _from_mbox(lines: list[bytes], size: int, name: str, received_at: int, limit_bytes: int) -> Found | Unreadable:
    if 0 < limit_bytes < size:
        return _too_large(name, limit_bytes, size)
    match = _FROM_LINE.match(lines[0])
    sender = match[1].decode("utf-8", "replace") if match and match[1] else ""
    if len(lines) > 2 and lines[-1] in (b"\n", b"\r\n"):  # the empty line before the next one
        del lines[-1]
    raw = _QUOTED_FROM.sub(rb"\1", b"".join(lines[1:]))
    return Found(raw, name, received_at, size, sender if "@" in sender else None)


def _of_zip(path: Path, limit_bytes: int) -> Iterator[Found | Unreadable]:
    received_at = _micros(path.stat().st_mtime)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for entry in archive.infolist():
            if entry.is_dir() or PurePosixPath(entry.filename).suffix == ".json":
                continue
            name, cost = f"{path}#{entry.filename}", entry.compress_size
            if 0 < limit_bytes < entry.file_size:  # as declared; zipfile reads no more than that
                yield _too_large(name, limit_bytes, cost)
                continue
            raw = archive.read(entry)
            beside = str(PurePosixPath(entry.filename).with_suffix(".json"))
            envelope = _envelope(archive, beside) if beside in names else None
            if envelope is None:
                yield Found(raw, name, received_at, cost)
            else:
                yield Found(raw, name, envelope[0] or received_at, cost, envelope[1], envelope[2])


def _envelope(archive: zipfile.ZipFile, name: str) -> tuple[int, str, tuple[str, ...]] | None:
    """What `dump` wrote beside a message: when it came, reverse-path, recipients. None if it is something else."""
    if archive.getinfo(name).file_size > ENVELOPE_BYTES:
        return None
    try:
        said = json.loads(archive.read(name))
        recipients = tuple(str(one["address"]) for one in said["recipients"])
        return int(said.get("received_at_us", 0)), str(said["reverse_path"]), recipients
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _too_large(name: str, limit_bytes: int, cost: int) -> Unreadable:
    return Unreadable(name, f"larger than {limit_bytes >> 20} MiB", cost)


def _micros(seconds: float) -> int:
    return int(seconds * 1_000_000)
