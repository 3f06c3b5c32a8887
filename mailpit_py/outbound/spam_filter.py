"""The spam filter that the operator has named: spamd over TCP or a socket file, Postmark's service, or rspamd."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from mailpit_py.checks import spam
from mailpit_py.checks.spam import Score
from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.fetcher import Answer, Call, Fetcher
from mailpit_py.outbound.resolver import Lookup, look_up
from mailpit_py.reach import ANYWHERE

TIMEOUT = 8.0
ANSWER_BYTES_AT_MOST = 1 << 20
POSTMARK = "https://spamcheck.postmarkapp.com/filter"


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
        return self._run(asked(raw))

    def ping(self) -> str:
        """Return why the filter does not answer, or nothing if it does. Postmark's is not asked without need."""
        if self.name == "postmark":
            return ""
        return self._run(self._ping_rspamd() if self.name == "rspamd" else self._ping_spamd()).error

    def _run(self, asking: Coroutine[Any, Any, Score]) -> Score:
        try:
            return asyncio.run(asyncio.wait_for(asking, self.timeout))
        except TimeoutError:
            return Score(error=f"{self.name} gave no answer within {self.timeout:g} seconds")
        except (OSError, TargetRefused) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            return Score(error=f"{self.name}: {reason}")

    async def _spamd(self, raw: bytes) -> Score:
        return spam.read_spamd(await self._say(spam.spamd_request(raw)))

    async def _ping_spamd(self) -> Score:
        return self._pong(await self._say(spam.PING))

    async def _ping_rspamd(self) -> Score:
        async with Fetcher(ANYWHERE, self.lookup) as fetcher:
            answer = await fetcher.fetch(Call(f"{self.rspamd.rstrip('/')}/ping", timeout=self.timeout, body_bytes=100))
        return self._pong(answer.body) if answer.status else Score(error=f"{self.name}: {_failure(answer)}")

    def _pong(self, answer: bytes) -> Score:
        return Score() if spam.is_pong(answer) else Score(error=f"what answers is not {self.name}")

    async def _say(self, request: bytes) -> bytes:
        """Return all that spamd says to a request."""
        if path := self.spamassassin.removeprefix("unix:") if self.spamassassin.startswith("unix:") else "":
            reader, writer = await asyncio.open_unix_connection(path)
        else:
            host, _, port = self.spamassassin.rpartition(":")
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        try:
            writer.write(request)
            await writer.drain()
            writer.write_eof()  # spamd begins when it knows that there is no more
            return await _read(reader)
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
