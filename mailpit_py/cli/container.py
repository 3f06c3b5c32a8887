"""The program of the container image: takes a root-owned volume over, gives up root, and runs the sandbox."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mailpit_py.bind import Bind
from mailpit_py.cli import main, program
from mailpit_py.config import options

# The image's own user, and where it keeps mail when nobody says otherwise.
USER = GROUP = 1025
DATABASE = "/data/mailpit.db"
BESIDE = ("", "-wal", "-shm", ".lock", ".part", ".part-wal", ".part-shm", ".part.lock")


def run() -> None:
    """Run the program; ends the process."""
    arguments = sys.argv[1:]
    settings = None if program.is_sendmail() else settings_of(arguments)
    if settings is not None:
        if not settings["database"]:
            os.environ["MP_DATABASE"] = settings["database"] = DATABASE
        if os.geteuid() == 0:
            give_up_root(settings)
    program.run()


def settings_of(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The settings that a sandbox is started with; None for another command, which runs as whoever calls it."""
    place = main.end_of_options(arguments)
    if arguments[place : place + 1] == ["serve"]:
        arguments = [*arguments[:place], *arguments[place + 1 :]]
    elif place < len(arguments):
        return None
    with main.make_context("mailpit-py", list(arguments), resilient_parsing=True) as context:
        return {one.name: context.params.get(one.name) or "" for one in options()}


@dataclass(frozen=True, slots=True)
class Owner:
    """Who the sandbox runs as."""

    user: int
    group: int


def give_up_root(settings: dict[str, Any]) -> None:
    """Become an ordinary user who can keep mail where it is to be kept; stay root, and say so, if none can."""
    database = _database(settings["database"])
    owner = _take_over(database, str(settings["log_file"]))
    if owner is None:
        return _stay(f"{database.parent} cannot be given to another user")
    with _as_user(owner):
        closed = next(_closed(database, settings), None)
    if closed is not None:
        return _stay(f"nobody else may use {closed}")
    if (port := _port_of_root(settings)) is not None:
        return _stay(f"nobody else may listen on port {port}")
    os.setgroups([])
    os.setgid(owner.group)
    os.setuid(owner.user)
    return None


def _database(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    return path / "mailpit.db" if path.is_dir() else path


def _take_over(database: Path, log_file: str) -> Owner | None:
    """Give the database and its folder away, if they are root's; return to whom. None if they are not to be had.

    A folder that belongs to a user already keeps its owner, who the sandbox runs as.
    """
    folder = database.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = folder.stat()
        shared = bool(found.st_mode & stat.S_ISVTX)
        if folder == folder.parent:
            return None
        owner = Owner(found.st_uid, found.st_gid) if found.st_uid else Owner(USER, GROUP)
        if found.st_uid == 0 and not shared:
            os.chown(folder, owner.user, owner.group)
        if log_file:
            Path(log_file).touch()
        for path in (*_ours(database), *([Path(log_file)] if log_file else [])):
            if path.is_file() and path.lstat().st_uid == 0:
                os.chown(path, owner.user, owner.group, follow_symlinks=False)
    except OSError:  # a read-only or remote file system
        return None
    return owner


def _ours(database: Path) -> Iterator[Path]:
    """The files that the sandbox writes; Mailpit's own database is not among them."""
    from mailpit_py.assembly.takeover import own_path
    from mailpit_py.servers.tls import CA_FILE, CA_KEY_FILE
    from mailpit_py.storage.mailpit_database import is_mailpits

    path = own_path(database) if is_mailpits(database) else database
    yield from (path.with_name(path.name + end) for end in BESIDE)
    yield from (path.parent / name for name in (CA_FILE, CA_KEY_FILE))


def _closed(database: Path, settings: dict[str, Any]) -> Iterator[Path]:
    """What the present effective user lacks the right to: folders to write into, and files that the options name."""
    from mailpit_py.application.rule_file import is_text

    folders = [database.parent]
    for name in ("listen", "smtp", "smtps", "lmtp"):
        with suppress(ValueError):  # told at the start
            place = Bind.parse(str(settings[name]))
            folders += [place.path.parent] if place.path else []
    yield from (one for one in folders if not os.access(one, os.W_OK | os.X_OK, effective_ids=True))
    said = (str(settings[one.name]) for one in options() if one.metavar == "FILE")
    named = [Path(one) for one in said if one and not is_text(one)]
    yield from (one for one in named if one.is_file() and not os.access(one, os.R_OK, effective_ids=True))


def _port_of_root(settings: dict[str, Any]) -> int | None:
    """A port that the options name and that root alone may open. Engines mostly let everybody open all."""
    try:
        first_free = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except OSError:
        first_free = 1024
    for name in ("listen", "smtp", "smtps", "lmtp", "pop3", "imap"):
        with suppress(ValueError):
            port = Bind.parse(str(settings[name])).port
            if 0 < port < first_free:
                return port
    return None


@contextmanager
def _as_user(owner: Owner) -> Iterator[None]:
    """See files as the user will see them."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(owner.group)
    os.seteuid(owner.user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def _stay(reason: str) -> None:
    click.echo(f"mailpit-py runs as root: {reason}", err=True)
