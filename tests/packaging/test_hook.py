"""The build hook: when it builds the page, with which Node.js, and what it says when it cannot."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import tarfile
from pathlib import Path

import pytest

import hatch_build

HOUR = 3600.0


@pytest.fixture
def root(tmp_path) -> Path:
    """A project with sources of a page, written an hour ago, with the fetched data and no built page."""
    write(tmp_path / "web" / "index.html", age=HOUR)
    write(tmp_path / "web" / "src" / "main.ts", age=HOUR)
    write(tmp_path / "web" / "package-lock.json", age=HOUR)
    write(tmp_path / "mailpit_py" / "data" / "caniemail.json")
    write(tmp_path / "mailpit_py" / "data" / "package.txt", hatch_build.CANIEMAIL)
    return tmp_path


@pytest.fixture
def without_node(monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)


@pytest.fixture
def with_node(tmp_path, monkeypatch):
    """Return a function that puts a `node` of some version and an `npm` that runs `script` on the search path."""

    def install(version: str = "v22.12.0", script: str = "") -> Path:
        folder = tmp_path / "programs"
        write(folder / "node", f"#!/bin/sh\necho {version}\n", mode=0o755)
        write(folder / "npm", f'#!/bin/sh\necho "$@" >>"{folder}/calls"\n{script}\n', mode=0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        return folder / "calls"

    return install


def write(path: Path, text: str = "", *, age: float = 0, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    moment = path.stat().st_mtime - age
    os.utime(path, (moment, moment))


def hook(root: Path, target: str = "wheel") -> hatch_build.PageBuildHook:
    return hatch_build.PageBuildHook(str(root), {}, None, None, str(root / "dist"), target)


def initialize(root: Path, version: str = "standard", target: str = "wheel") -> dict[str, str]:
    """Run the hook and return what it adds to the build."""
    build_data = {"force_include": {}}
    hook(root, target).initialize(version, build_data)
    return build_data["force_include"]


WRITES_THE_PAGE = 'test "$1" = ci || { mkdir -p ../mailpit_py/static && : >../mailpit_py/static/index.html; }'


def test_a_page_that_was_never_built_is_due(root):
    assert hatch_build.page_is_due(root)


def test_a_page_newer_than_its_sources_is_not_due(root):
    write(root / "mailpit_py/static/index.html")
    assert not hatch_build.page_is_due(root)


@pytest.mark.parametrize("changed", ["web/src/main.ts", "web/package-lock.json", "web/src/new.tsx"])
def test_a_page_older_than_a_source_is_due(root, changed):
    write(root / "mailpit_py/static/index.html", age=60)
    write(root / changed)
    assert hatch_build.page_is_due(root)


@pytest.mark.parametrize("written", ["web/node_modules/a/index.js", "web/.cache/x", "web/tsconfig.tsbuildinfo"])
def test_what_tools_write_beside_the_sources_does_not_count(root, written):
    write(root / "mailpit_py/static/index.html", age=60)
    write(root / written)
    assert not hatch_build.page_is_due(root)


def test_no_page_is_due_without_sources(tmp_path):
    assert not hatch_build.page_is_due(tmp_path)


def test_an_sdist_keeps_the_page_that_it_carries(root):
    write(root / "mailpit_py/static/index.html", age=2 * HOUR)
    write(root / "PKG-INFO")
    assert not hatch_build.page_is_due(root)


@pytest.mark.usefixtures("without_node")
def test_without_node_the_build_asks_for_the_package(root):
    assert hook(root).dependencies() == [hatch_build.NODE_WHEEL]


@pytest.mark.usefixtures("without_node")
def test_without_node_nothing_is_asked_for_when_the_page_is_built(root):
    write(root / "mailpit_py/static/index.html")
    assert hook(root).dependencies() == []


@pytest.mark.parametrize(
    ("version", "asked_for"),
    [
        ("v18.20.4", [hatch_build.NODE_WHEEL]),
        ("v20.18.9", [hatch_build.NODE_WHEEL]),
        ("v20.19.0", []),
        ("v26.0.0", []),
        ("nonsense", [hatch_build.NODE_WHEEL]),
    ],
)
def test_the_machines_node_is_used_when_it_is_recent_enough(root, with_node, version, asked_for):
    with_node(version)
    assert hook(root).dependencies() == asked_for


def test_packages_are_installed_once_and_the_page_is_built(root, with_node):
    calls = with_node(script=WRITES_THE_PAGE)
    initialize(root)
    assert calls.read_text() == "ci --no-audit --no-fund\nrun build\n"


def test_packages_that_match_the_lock_file_are_kept(root, with_node):
    calls = with_node(script=WRITES_THE_PAGE)
    write(root / "web/node_modules/.package-lock.json")
    initialize(root)
    assert calls.read_text() == "run build\n"


@pytest.mark.usefixtures("without_node")
def test_a_build_without_node_says_what_to_install(root, capfd):
    with pytest.raises(SystemExit):
        initialize(root)
    assert "The page needs Node.js 20.19 or newer with npm" in capfd.readouterr().err


def test_a_failing_build_names_the_step(root, with_node, capfd):
    with_node(script='test "$1" = ci')
    with pytest.raises(SystemExit):
        initialize(root)
    assert "`npm run build` failed" in capfd.readouterr().err


def test_a_build_that_writes_no_page_fails(root, with_node, capfd):
    with_node()
    with pytest.raises(SystemExit):
        initialize(root)
    assert "wrote no" in capfd.readouterr().err


PACKS = 'test "$1" != pack || cp "$CANIEMAIL_PACKAGE" "$5"'


@pytest.fixture
def package(root, tmp_path, monkeypatch) -> bytes:
    """What the file of a package holds that npm hands over; the project has no data yet, and the page is built."""
    content = b'{"data": []}'
    file = tmp_path / "caniemail-2.0.2.tgz"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo("package/data/caniemail.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    monkeypatch.setenv("CANIEMAIL_PACKAGE", str(file))
    monkeypatch.setattr(hatch_build, "CANIEMAIL_SHA512", hashlib.sha512(file.read_bytes()).hexdigest())
    write(root / "mailpit_py/static/index.html")
    hatch_build.fetched_data(root).unlink()
    return content


def test_the_data_comes_out_of_the_package_that_is_named(root, with_node, package):
    calls = with_node(script=PACKS)
    initialize(root)
    assert calls.read_text().startswith("pack caniemail@2.0.2 ")
    assert hatch_build.fetched_data(root).read_bytes() == package


def test_another_package_than_the_known_one_fails(root, with_node, package, monkeypatch, capfd):
    with_node(script=PACKS)
    monkeypatch.setattr(hatch_build, "CANIEMAIL_SHA512", "0" * 128)
    with pytest.raises(SystemExit):
        initialize(root)
    assert "npm gave another package" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "is_due"),
    [
        ("mailpit_py/data/package.txt", "caniemail@2.0.1", True),
        ("web/src/main.ts", "", False),
        ("hatch_build.py", "", False),
    ],
)
def test_the_data_is_due_when_another_package_is_named(root, file, text, is_due):
    write(root / file, text)
    assert hatch_build.data_is_due(root) is is_due


def test_an_sdist_keeps_the_data_that_it_carries(root):
    hatch_build.fetched_data(root).unlink()
    assert hatch_build.data_is_due(root)
    write(root / "PKG-INFO")
    assert not hatch_build.data_is_due(root)


@pytest.mark.usefixtures("without_node", "package")
def test_without_node_the_data_asks_for_the_package(root):
    assert hook(root).dependencies() == [hatch_build.NODE_WHEEL]


@pytest.mark.parametrize(
    ("version", "target", "added"),
    [
        ("standard", "wheel", {"migrations": "mailpit_py/migrations"}),
        ("editable", "wheel", {}),
        ("standard", "sdist", {}),
    ],
)
def test_only_a_real_wheel_gets_a_copy_of_the_migrations(tmp_path, version, target, added):
    write(tmp_path / "mailpit_py/static/index.html")
    assert initialize(tmp_path, version, target) == {str(tmp_path / key): value for key, value in added.items()}
