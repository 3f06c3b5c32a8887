"""A copy of the checkout, and what is built from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGED = (
    *("mailpit_py", "migrations", "web"),
    *("hatch_build.py", "pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md", "LICENSE"),
)


def run(*command: str | Path, **more: object) -> str:
    """Run a command to its end and return what it printed; the test fails with that if it fails."""
    done = subprocess.run([*map(str, command)], stdout=-1, stderr=-2, text=True, check=False, **more)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def copy_of_checkout(target: Path) -> Path:
    """Copy what a package is built from, times included, so that the built page stays up to date."""
    for name in PACKAGED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy2(source, target / name)
    return target


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Path:
    if not (ROOT / "mailpit_py" / "static" / "index.html").is_file():
        pytest.skip("the page is not built: run ./test, or `npm run build` in web/")
    return copy_of_checkout(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def distributions(source, tmp_path_factory) -> Path:
    """A folder with the wheel and the sdist, both built from the checkout and without Node.js."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", target, source, env=NO_NODE)
    return target


@pytest.fixture(scope="session")
def wheel(distributions) -> Path:
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def sdist(distributions) -> Path:
    (path,) = distributions.glob("*.tar.gz")
    return path


# As on a machine without Node.js: the search path leads to a folder with nothing in it.
NO_NODE = {**os.environ, "PATH": os.devnull}


def empty_environment(folder: Path) -> Path:
    """Make a virtual environment and return its Python."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
