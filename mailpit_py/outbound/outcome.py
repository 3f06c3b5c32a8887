"""What one try came to, whatever protocol it used."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.webhooks import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is the SMTP reply's or the HTTP status, 0 without an answer; the texts are for people to read."""

    verdict: Verdict
    code: int = 0
    request: str = ""
    response: str = ""
    error: str = ""
    took_us: int = 0
