"""What the wheel and the sdist carry."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile

import pytest

from mailpit_py import __version__
from tests.packaging.conftest import NO_NODE, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel_names(wheel) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def sdist_names(sdist) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize(
    "name", ["static/index.html", "data/caniemail.json", "migrations/env.py", "py.typed", "cli/serve.py"]
)
def test_the_wheel_carries(wheel_names, name):
    assert f"mailpit_py/{name}" in wheel_names


def test_the_wheel_carries_the_first_migration_and_the_pages_script(wheel_names):
    for pattern in (r"mailpit_py/migrations/versions/\w+\.py", r"mailpit_py/static/assets/[\w.-]+\.js"):
        assert any(re.fullmatch(pattern, name) for name in wheel_names), pattern


def test_the_wheel_carries_nothing_else(wheel_names):
    beside = {name.split("/")[0] for name in wheel_names}
    assert beside == {"mailpit_py", f"mailpit_py-{__version__}.dist-info"}
    assert not [name for name in wheel_names if re.search(r"\.map$|__pycache__|node_modules|\.tsx?$", name)]


def test_the_wheel_names_its_command_and_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = f"mailpit_py-{__version__}.dist-info"
        assert "mailpit-py = mailpit_py.cli.program:run" in archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()


@pytest.mark.parametrize(
    "name",
    [
        "mailpit_py/static/index.html",
        "mailpit_py/data/caniemail.json",
        "web/package-lock.json",
        "web/src/main.tsx",
        "hatch_build.py",
        "migrations/env.py",
        "PKG-INFO",
    ],
)
def test_the_sdist_carries(sdist_names, name):
    assert name in sdist_names


def test_the_sdist_carries_no_packages_of_others(sdist_names):
    assert not [name for name in sdist_names if "node_modules" in name or "__pycache__" in name]


def test_a_wheel_from_the_sdist_needs_no_node_and_is_the_same(sdist, wheel_names, tmp_path):
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", tmp_path, sdist, env=NO_NODE)
    (rebuilt,) = tmp_path.glob("*.whl")
    assert set(zipfile.ZipFile(rebuilt).namelist()) == wheel_names
