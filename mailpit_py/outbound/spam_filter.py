"""The spam filter that the operator has named: spamd over TCP or a socket file, Postmark's service, or rspamd."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from mailpit_py.checks import spam
from mailpit_py.checks.spam import Score
from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.fetcher import Answer, Call, Fetcher
from mailpit_py.outbound.resolver import Lookup, look_up
from mailpit_py.reach import Reach

TIMEOUT = 8.0
ANSWER_BYTES_AT_MOST = 1 << 20
POSTMARK = "https://spamcheck.postmarkapp.com/filter"
ANYWHERE = Reach.parse("loopback,private,public")  # the operator has said where it is


@dataclass(frozen=True, slots=True)
class SpamFilter:
    """Asks for the score of a message; every failure is a Score with an error. May be used from any thread.

    `spamassassin` is `host:port`, `unix:PATH` or `postmark`; `rspamd` is the URL of its worker, used if that
    is empty.
    """

    spamassassin: str = ""
    rspamd: str = ""
    postmark: str = POSTMARK
    timeout: float = TIMEOUT
    lookup: Lookup = look_up

    @property
    def name(self) -> str:
        """Who is asked, in a word."""
        if not self.spamassassin:
            return "rspamd"
        return "postmark" if self.spamassassin == "postmark" else "spamassassin"

    def score(self, raw: bytes) -> Score:
        """Return what the filter says of a message."""
        asked = {"rspamd": self._rspamd, "postmark": self._postmark, "spamassassin": self._spamd}[self.name]
        try:
            return asyncio.run(asyncio.wait_for(asked(raw), self.timeout))
        except TimeoutError:
            return Score(error=f"{self.name} gave no answer within {self.timeout:g} seconds")
        except (OSError, TargetRefused) as error:
            return Score(error=f"{self.name}: {error}")

    async def _spamd(self, raw: bytes) -> Score:
        if path := self.spamassassin.removeprefix("unix:") if self.spamassassin.startswith("unix:") else "":
            reader, writer = await asyncio.open_unix_connection(path)
        else:
            host, _, port = self.spamassassin.rpartition(":")
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        try:
            writer.write(spam.spamd_request(raw))
            await writer.drain()
            writer.write_eof()  # spamd begins when it knows that there is no more
            return spam.read_spamd(await _read(reader))
        finally:
            writer.transport.abort()  # `close` would wait until a filter that reads no more has read the rest

    async def _postmark(self, raw: bytes) -> Score:
        headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
        return await self._post(self.postmark, headers, spam.postmark_request(raw), spam.read_postmark)

    async def _rspamd(self, raw: bytes) -> Score:
        return await self._post(f"{self.rspamd.rstrip('/')}/checkv2", (), raw, spam.read_rspamd)

    async def _post(
        self, url: str, headers: tuple[tuple[str, str], ...], body: bytes, read: Callable[[bytes], Score]
    ) -> Score:
        async with Fetcher(ANYWHERE, self.lookup) as fetcher:
            call = Call(url, "POST", headers, body, timeout=self.timeout, body_bytes=ANSWER_BYTES_AT_MOST)
            answer = await fetcher.fetch(call)
        if answer.status == 200:
            return read(answer.body)
        return Score(error=f"{self.name}: {_failure(answer)}")


def _failure(answer: Answer) -> str:
    if not answer.status:
        return answer.reason or answer.error
    try:
        said = json.loads(answer.body).get("error", "")
    except (ValueError, AttributeError):
        said = ""
    return f"answered {answer.status}{f': {said}' if said else ''}"


async def _read(reader: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    while len(answer) < ANSWER_BYTES_AT_MOST and (chunk := await reader.read(1 << 16)):
        answer += chunk
    return bytes(answer)
