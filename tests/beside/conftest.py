"""Both programs, once for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.commands import Programs, mailpit_program, our_program
from tests.beside.programs import Pair, Server, pair, program


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A Mailpit and ours as they start by themselves; what one test leaves there meets the next one."""
    with pair(tmp_path_factory.mktemp("beside")) as servers:
        yield servers


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The same, but that they keep any number of messages."""
    with pair(tmp_path_factory.mktemp("roomy"), "--max=0") as servers:
        yield servers


@pytest.fixture(scope="module")
def theirs(both: Pair) -> Server:
    return both.theirs


@pytest.fixture(scope="module")
def ours(both: Pair) -> Server:
    return both.ours


@pytest.fixture(scope="session")
def programs() -> Programs:
    """Both, for tests that call them; those are skipped where there is no Mailpit."""
    if (found := program()) is None:
        pytest.skip("no mailpit on this machine: ./test builds one where Go is installed")
    return Programs(mailpit_program(found), our_program())
