"""What each message goes through, compiled: the same sources give the same answers to the tests that read them."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, run

# Building takes a minute of a free processor, the tests another.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler, as in the Debian package gcc"),
]
TESTS = (
    *("tests/mail", "tests/servers/smtp", "tests/application", "tests/storage", "tests/api"),
    "tests/testing/test_view.py",
)
# They put something else in the place of a function, which a compiled module does not look for.
PATCHING = (
    "tests/storage/test_writer.py::test_rows_that_the_database_refuses_are_tried_again_without_what_was_read",
    "tests/storage/test_writer.py::test_a_message_that_cannot_be_read_is_kept_as_raw_and_envelope",
)


@pytest.fixture(scope="module")
def compiled(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the compiled package, and the tests beside it."""
    target = tmp_path_factory.mktemp("compiled")
    environment = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "1"}
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", target, source, env=environment)
    (wheel,) = target.glob("*.whl")
    assert not wheel.name.endswith("-any.whl")
    zipfile.ZipFile(wheel).extractall(target)
    for name in ("tests", "docs", "web/src"):  # some hold the two to each other
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy2(ROOT / "pyproject.toml", target)
    return target


def test_every_module_that_is_named_is_compiled(compiled: Path) -> None:
    hooks = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]
    modules = [Path(name.lstrip("/")) for name in hooks["mypyc"]["include"]]
    assert len(modules) > 30
    for module in modules:
        assert list((compiled / module.parent).glob(f"{module.stem}.*.so")), f"{module} is not compiled"


def test_the_tests_of_what_is_compiled_pass(compiled: Path) -> None:
    cache = f"cache_dir={ROOT / '.pytest_cache'}"  # the corpus of other libraries' messages is fetched once
    passed_over = (f"--deselect={name}" for name in PATCHING)
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-o", cache, *passed_over, *TESTS)
    said = run(*command, cwd=compiled)
    assert " passed" in said.splitlines()[-1]


def test_none_of_it_stays_in_the_checkout(compiled: Path, source: Path) -> None:
    assert not [*source.glob("*.so"), *source.glob("mailpit_py/**/*.so")]


def test_it_is_the_compiled_package_that_the_tests_ran_with(compiled: Path) -> None:
    said = run(sys.executable, "-c", "from mailpit_py.mail import walk; print(walk.__file__)", cwd=compiled)
    assert Path(said.strip()).parent == compiled / "mailpit_py" / "mail"
    assert not said.strip().endswith(".py")
