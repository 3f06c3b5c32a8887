"""The data of caniemail.com as the build fetched it."""

from __future__ import annotations

import pytest

from mailpit_py.checks.compatibility import Knowledge
from mailpit_py.resources import compatibility_data


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    if not compatibility_data().is_file():
        pytest.skip("needs the data of caniemail.com, which the build of this package fetches")
    return Knowledge.parse(compatibility_data().read_bytes())
