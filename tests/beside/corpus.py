"""Two hundred messages of many kinds, the same at every run, and searches for what is in them."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import Header

WORDS = {
    "en": "invoice receipt welcome password reset shipment newsletter confirm reminder quarterly deploy verify token",
    "de": "rechnung bestellung lieferung straße größe käufer möglich öffnen grüße fußball rückgabe",
    "ru": "новый счёт заказ доставка привет письмо оплата ошибка юбилей",
    "el": "λογαριασμός παραγγελία μήνυμα κωδικός",
    "ja": "請求書 注文番号 領収書 ありがとう ガイドブック テスト",
    "ar": "فاتورة جديدة مرحبا رسالة",
    "tr": "fatura sipariş ödeme teslimat",
}
NAMES = ("Ann Smith", "Bob Garcia", "Zoë Müller", "Carla Jones-Brown", "Jörg Weiß", "Naïma", "юлия", "田中")
LOCALS = ("ann", "bob", "support", "no-reply", "billing", "j.doe", "dev.ops", "root")
DOMAINS = ("example.com", "example.org", "mail.example.net", "shop.test")
TAGS = ("Billing", "urgent", "Q3-2024", "auto.tag", "two words", "team_a", "ops@night", "VIP")
PLUSES = ("promo", "trial")
# Far from each other, so that the fields that Mailpit adds to a message move none past a limit.
SIZES = (0, 0, 12_000, 150_000)


@dataclass(frozen=True)
class Letter:
    """A message as it is sent, with its envelope."""

    raw: bytes
    recipients: tuple[str, ...]
    reverse_path: str


def letters(count: int = 200) -> list[Letter]:
    """So many messages; the Message-ID of each begins with its number and a point."""
    dice = random.Random(1)
    return [_letter(number, dice) for number in range(count)]


def _person(dice: random.Random) -> tuple[str, str]:
    local = f"{dice.choice(LOCALS)}{dice.randrange(1, 60)}" if dice.random() < 0.9 else f"tester+{dice.choice(PLUSES)}"
    address = f"{local}@{dice.choice(DOMAINS)}"
    return (dice.choice(NAMES) if dice.random() < 0.7 else "", address)


def _people(dice: random.Random, *counts: int) -> list[tuple[str, str]]:
    return [_person(dice) for _ in range(dice.choice(counts))]


def _shown(people: list[tuple[str, str]]) -> str:
    return ", ".join(f"{_encoded(name)} <{address}>" if name else address for name, address in people)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=900).encode()


def _letter(number: int, dice: random.Random) -> Letter:
    words = WORDS[dice.choice(list(WORDS))].split()
    sender, to, cc, bcc = _people(dice, 1), _people(dice, 1, 2, 3), _people(dice, 0, 0, 1, 2), _people(dice, 0, 0, 1)
    header = [
        ("From", _shown(sender)),
        ("To", _shown(to)),
        ("Cc", _shown(cc)),
        ("Reply-To", _shown(_people(dice, 0, 1))),
    ]
    subject = " ".join(dice.choices(words, k=dice.randint(1, 5)))
    header += [("Subject", _encoded(f"{subject} number {number}")), ("Date", _date(number))]
    header += [("Message-ID", f"<{number}.{dice.choice(['abc', 'XyZ'])}@{dice.choice(DOMAINS)}>")]
    if dice.random() < 0.4:
        header += [("X-Tags", ", ".join(dice.sample(TAGS, dice.randint(1, 3))))]
    text = " ".join(dice.choices(words, k=dice.randint(3, 40))) + f" code {dice.randrange(10**6):06}"
    top = "".join(f"{name}: {value}\r\n" for name, value in header if value)
    hidden = tuple(address for _, address in bcc)
    return Letter(
        top.encode() + _content(number, text, dice),
        (*(address for _, address in (*to, *cc)), *hidden),
        sender[0][1],
    )


def _date(number: int) -> str:
    return f"{number % 28 + 1} {('Jan', 'Feb', 'Mar', 'Apr')[number % 4]} {2000 + number % 20} 10:00:00 +0000"


def _part(kind: str, content: bytes, *fields: str) -> bytes:
    lines = "".join(f"{one}\r\n" for one in (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *fields))
    return lines.encode() + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _multipart(kind: str, *parts: bytes) -> bytes:
    boundary = f"in-{kind}"
    lines = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), one) for one in parts)
    return (
        f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n".encode() + lines + f"--{boundary}--\r\n".encode()
    )


def _content(number: int, text: str, dice: random.Random) -> bytes:
    plain = _part("text/plain; charset=utf-8", text.encode())
    markup = _part("text/html; charset=utf-8", f"<html><body><p>{text}</p><p>bye</p></body></html>".encode())
    file = _part(
        dice.choice(["application/pdf", "text/csv", "application/octet-stream"]),
        bytes(dice.choice(SIZES)),
        f'Content-Disposition: attachment; filename="report{number}.pdf"',
    )
    picture = _part("image/png", b"PNG", 'Content-Disposition: inline; filename="logo.png"', "Content-ID: <logo@x>")
    return dice.choice(
        [
            plain,
            markup,
            _multipart("alternative", plain, markup),
            _multipart("mixed", plain, *[file] * dice.randint(1, 2)),
            _multipart("related", markup, picture),
            _multipart("mixed", _multipart("alternative", plain, markup), file),
        ]
    )


class Searches:
    """Makes searches in all of Mailpit's grammar for what `letters` have in them.

    They leave out what rows of the document's table name: capitals beyond ASCII, accents that are left
    out, punctuation between words, `_`, `%` and `OR`, texts of one or two letters, `from:` with a part of
    the keys of Mailpit's JSON, names of inline files, sizes that a message has, and odd dates.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._words = [word for words in WORDS.values() for word in words.split()]

    def make(self, count: int) -> Iterator[str]:
        """So many searches."""
        for _ in range(count):
            terms = [self._term() for _ in range(self._dice.choice([1, 1, 1, 2, 2, 3]))]
            text = self._dice.choice([" ", " ", "  "]).join(terms)
            yield f" {text}  " if self._dice.random() < 0.05 else text

    def _term(self) -> str:
        kind = self._dice.choices(
            [self._text, self._address, self._subject, self._message_id, self._tag, self._flag, self._limit],
            [35, 22, 12, 6, 8, 10, 7],
        )[0]
        term = kind()
        name, colon, value = term.partition(":")
        if colon and self._dice.random() < 0.2:
            term = f"{self._dice.choice([name.upper(), name.title()])}:{value}"
        if self._dice.random() < 0.2:
            term = self._dice.choice("-!") + term
        return f'"{term.replace(chr(34), "")}"' if self._dice.random() < 0.05 else term

    def _quoted(self, value: str) -> str:
        choice = self._dice.random()
        if " " in value and choice < 0.1:
            return value.replace(" ", '" "')
        return f'"{value}"' if " " in value or choice < 0.2 else value

    def _cased(self, value: str) -> str:
        if not value.isascii():
            return value
        return self._dice.choice([value, value, value.upper(), value.lower(), value.title()])

    def _piece(self, value: str) -> str:
        """A part of at least four characters, or the whole."""
        if len(value) < 6 or self._dice.random() < 0.6:
            return value
        start = self._dice.randrange(len(value) - 4)
        piece = value[start : self._dice.randrange(start + 4, len(value) + 1)]
        return piece if piece.isalnum() else value

    def _text(self) -> str:
        dice = self._dice
        value = dice.choice(
            [
                self._piece(dice.choice(self._words)),
                f"{dice.choice(self._words)} {dice.choice(self._words)}",
                f"{dice.choice(self._words)} number {dice.randrange(200)}",
                _person(dice)[1],
                dice.choice(NAMES),
                *(
                    "code",
                    "report",
                    f"report{dice.randrange(200)}.pdf",
                    "bye",
                    "has:foo",
                    "is:foo",
                    "replyto:x",
                    "nosuchword",
                ),
                *("(code)", "code,", "<code>", "code;bye", "larger:1g", "smaller:1.2.3", "-", "!"),
            ]
        )
        value = value if value.isascii() or dice.random() < 0.7 else value.upper().lower()
        return self._quoted(self._cased(value))

    def _address(self) -> str:
        dice = self._dice
        name, address = _person(dice)
        local = address.partition("@")[0]
        choices = [address, f"@{dice.choice(DOMAINS)}", dice.choice(DOMAINS), f"{local}@", f"<{address}>"]
        field = dice.choice(["from", "to", "cc", "bcc", "reply-to", "addressed"])
        return f"{field}:{self._quoted(self._cased(dice.choice([*choices, name or address])))}"

    def _subject(self) -> str:
        one, other = self._dice.choice(self._words), self._dice.choice(self._words)
        number = f"number {self._dice.randrange(200)}"
        value = self._dice.choice([self._piece(one), f"{one} {other}", number, f"{one} {number}"])
        return f"subject:{self._quoted(self._cased(value))}"

    def _message_id(self) -> str:
        end = f"@{self._dice.choice(DOMAINS)}"
        value = self._dice.choice(
            [f"{self._dice.randrange(200)}.abc", "xyz@", f"<{self._dice.randrange(200)}.XyZ{end}>", end]
        )
        return f"message-id:{self._quoted(value)}"

    def _tag(self) -> str:
        return f"tag:{self._quoted(self._cased(self._dice.choice([*TAGS, *PLUSES, 'team', 'nosuch'])))}"

    def _flag(self) -> str:
        inside = self._dice.choice(["is:read", "is:unread", "is:tagged", "has:inline", "has:inlines"])
        return self._cased(self._dice.choice([inside, "has:attachment", "has:attachments"]))

    def _limit(self) -> str:
        size = self._dice.choice(["3k", "5000", "8kb", "10k", "8.5K", '"60 kb"', "1m", "0.05M", "99999999999"])
        date = self._dice.choice(
            ["2001-01-01", "2/3/2004", "2090-12-31", '"31 Dec 2090"', "2019", "4102444800", "20900101"]
        )
        sizes = [f"larger:{size}", f"smaller:{size}"]
        return self._dice.choice([*sizes, f"before:{date}", f"after:{date}"])
