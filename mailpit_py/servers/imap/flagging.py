"""Flags as STORE and APPEND name them (RFC 9051 §9, flag)."""

from __future__ import annotations

from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.storage import FlagChange, is_flag

FLAGS_AT_MOST = 100


def flags(scanner: Scanner) -> list[str]:
    """Read a list of flags. Raises Bad for a system flag that is none; `\\Recent` is passed over."""
    found = [flag for flag in scanner.listed(scanner.flag) if flag.lower() != "\\recent"]
    _check(found)
    return found


def flag_change(scanner: Scanner) -> tuple[FlagChange, bool]:
    """Read what STORE does with flags, up to the end, and whether it asks for silence."""
    sign = "+" if scanner.skip(b"+") else "-" if scanner.skip(b"-") else ""
    scanner.pass_over(b"FLAGS")
    is_silent = scanner.skip(b".SILENT")
    scanner.space()
    if scanner.peek(b"("):
        found = flags(scanner)
    else:
        found = [scanner.flag()]
        while scanner.skip(b" "):
            found.append(scanner.flag())
        _check(found)
    scanner.end()
    return FlagChange.of(sign, found), is_silent


def _check(found: list[str]) -> None:
    if len(found) > FLAGS_AT_MOST:
        raise Bad("too many flags")
    for flag in found:
        if not is_flag(flag):
            raise Bad(f"{flag} is no flag that can be set")
