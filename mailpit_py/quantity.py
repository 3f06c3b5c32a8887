"""Ages and sizes as people write them: 30m, 12h, 7d; 500k, 200M, 2G."""

from __future__ import annotations

import re


def seconds_of(text: str) -> int:
    """Read an age. Raises ValueError with advice."""
    match = re.fullmatch(r"(\d+)\s*([mhd])", text.strip())
    if match is None:
        raise ValueError(f"write an age as 30m, 12h or 7d, not {text!r}")
    if not int(match[1]):
        raise ValueError("an age of 0 would keep nothing; leave it out to keep everything")
    return int(match[1]) * {"m": 60, "h": 3600, "d": 86400}[match[2]]


def bytes_of(text: str) -> int:
    """Read a size in bytes, units of 1024. Raises ValueError with advice."""
    match = re.fullmatch(r"(\d+)\s*([kMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f"write a size as 500k, 200M or 2G, not {text!r}")
    if not int(match[1]):
        raise ValueError("a size of 0 would keep nothing; leave it out to set no limit")
    power: int = " kmgt".index(match[2].lower() or " ")
    return int(match[1]) << (10 * power)
