"""The messages of the benchmarks: like what applications send, varied, and the same in each run."""

from __future__ import annotations

import base64
import random
from itertools import accumulate
from pathlib import Path

SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "or", "an", "el")


def words(seed: int, count: int = 20_000) -> list[str]:
    """Invented words, the frequent ones first."""
    chance = random.Random(seed)
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(count)]


class Mails:
    """A source of multipart messages whose words are spread as in real text (Zipf)."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.words = words(seed)
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(len(self.words))))

    def text(self, count: int) -> list[str]:
        """So many words of running text."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def mail(self, number: int, size: int = 5_700) -> bytes:
        """A multipart/alternative message of about `size` bytes, CRLF line ends."""
        body = self._lines(self.text(max(10, (size - 900) // 15)))
        html = "".join(f"<p>{line}</p>\r\n" for line in body)
        return (
            self._head(number, "multipart/alternative")
            + (
                "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                + "\r\n".join(body)
                + "\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                + html.replace("=", "=3D")
                + "--b1--\r\n"
            ).encode()
        )

    def with_attachment(self, number: int, size: int = 100_000) -> bytes:
        """A multipart/mixed message of about `size` bytes, most of it a base64 attachment."""
        content = base64.encodebytes(self.chance.randbytes(int(size * 0.73))).replace(b"\n", b"\r\n")
        return (
            self._head(number, "multipart/mixed")
            + b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + "\r\n".join(self._lines(self.text(60))).encode()
            + b'\r\n--b1\r\nContent-Type: application/pdf; name="report.pdf"\r\n'
            + b'Content-Disposition: attachment; filename="report.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + content
            + b"--b1--\r\n"
        )

    def write(self, folder: Path) -> dict[str, Path]:
        """One file for each size of the SMTP load, without the final dot."""
        files = {"1 kB": self.mail(1, 1_600), "5.7 kB": self.mail(2), "100 kB": self.with_attachment(3)}
        paths = {}
        for name, content in files.items():
            paths[name] = folder / f"{name.replace(' ', '').replace('.', '_')}.eml"
            paths[name].write_bytes(content.replace(b"\r\n", b"\n"))
        return paths

    def _head(self, number: int, kind: str) -> bytes:
        subject = " ".join(self.text(6))
        return (
            f"From: Shop {number % 97} <shop{number % 97}@sender.example>\r\n"
            f"To: Ann <ann{number % 1009}@reader.example>\r\n"
            f"Subject: {subject}\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{number}@sender.example>\r\n"
            f'MIME-Version: 1.0\r\nContent-Type: {kind}; boundary="b1"\r\n\r\n'
        ).encode()

    @staticmethod
    def _lines(text: list[str]) -> list[str]:
        return [" ".join(text[start : start + 10]) for start in range(0, len(text), 10)]
