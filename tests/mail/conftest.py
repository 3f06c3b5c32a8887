"""What must hold for every message, and damage to try it with."""

import random
from collections.abc import Callable

import pytest

from mailpit_py.mail import DEFAULT, Limits, Message, hops, linkify, links, read, safe_filename
from tests.mail.answer import check_answers


def assert_spans_nest(message: Message) -> None:
    """Every span lies within its parent's body, siblings follow each other, the root covers the end."""
    size = len(message.raw)
    for part in message.parts():
        assert 0 <= part.header_start <= part.header_end <= part.body_start <= part.body_end <= size
        position = part.body_start
        for child in part.children:
            assert position <= child.header_start
            assert child.body_end <= part.body_end
            position = child.body_end
        for field in part.fields:
            assert part.header_start <= field.start < field.end <= part.header_end
    assert message.root.header_start == 0
    assert message.root.body_end == size
    paths = [part.path for part in message.parts()]
    assert len(set(paths)) == len(paths)


def assert_texts_can_be_stored(message: Message) -> None:
    found = message.search_text
    texts = [message.subject, message.text, message.html, message.snippet, message.message_id, found.text, found.files]
    texts += [text for address in (*message.from_, *message.to) for text in (address.name, address.address)]
    texts += [
        text
        for part in message.parts()
        for text in (part.path, part.content_type, part.filename, part.charset, part.content_id)
    ]
    texts += [field.name + field.value for field in message.fields]
    texts += [safe_filename(part.filename, part.content_type) for part in message.parts()]
    for text in texts:
        text.encode("utf-8")
    assert len(message.snippet) <= 250


def check_sound(raw: bytes, limits: Limits = DEFAULT) -> None:
    message = read(raw, limits)
    assert message.raw is raw
    assert_spans_nest(message)
    assert_texts_can_be_stored(message)
    for part in message.parts():
        assert message.part(part.path) is part
        assert raw[part.header_start : part.body_end] == message.part_source(part)
        message.part_text(part)
    hops(message)
    links(message)
    assert "".join(span.text for span in linkify(message.text)) == message.text
    assert all(defect.text for defect in message.defects)
    if limits is DEFAULT:
        check_answers(raw)


def damage(sources: list[bytes], count: int, seed: int) -> list[bytes]:
    """Seeded damage: octets changed, ranges cut, doubled, moved between messages, line ends lost."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        raw = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 6)):
            start = chance.randrange(len(raw) + 1)
            end = min(len(raw), start + chance.choice([1, 2, 8, 64, 400]))
            other = chance.choice(sources)
            begin = chance.randrange(len(other) + 1)
            raw[start:end] = chance.choice(
                [
                    b"",
                    raw[start:end] * 2,
                    chance.randbytes(end - start),
                    other[begin : begin + 80],
                    b"\n",
                    b"\r",
                    b'"',
                    b"--",
                    b"\0",
                    b"=?",
                ]
            )
        found.append(bytes(raw))
    return found


@pytest.fixture(scope="session")
def assert_sound() -> Callable[..., None]:
    """Check everything that holds for any octets: spans, texts, links, defects."""
    return check_sound


@pytest.fixture(scope="session")
def mutations() -> Callable[..., list[bytes]]:
    """Make seeded mutations of messages."""
    return damage
