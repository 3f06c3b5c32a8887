"""The shape of the code: which way imports point, who owns which library, and what no file may hold."""

from __future__ import annotations

import ast
import importlib.metadata
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mailpit_py"

# From the bottom up. A room may import rooms of lower rows and itself; rooms of one row are siblings.
ROWS = [
    {"mail"},
    {"reports", "simulation", "webhooks", "checks"},
    {"storage"},
    {"application"},
    {"servers", "api", "outbound"},
    {"assembly"},
    {"node"},
    {"cli", "testing"},
]
# What stands beside the rows and is known to all but `mail`, and what each of these may know itself.
LEAVES = {
    "errors": set(),
    "resources": set(),
    "identity": set(),
    "bind": set(),
    "quantity": set(),
    "reach": set(),
    "config": {"errors", "bind", "quantity", "reach"},
    "client": {"errors"},
}
# What belongs to a room although it is a module of its own.
PART_OF = {"__main__": "cli"}
# `mail` is pure: of the leaves it may know only these.
LEAVES_FOR_MAIL = {"errors"}

# A library, and the only rooms that may import it (by the longest name that fits).
OWNERS = {
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "sqlite3": {"storage"},
    "flask": {"api"},
    "flask_compress": {"api"},
    "flask_sock": {"api"},
    "simple_websocket": {"api"},
    "spectree": {"api"},
    "aiosmtpd": {"servers"},
    "werkzeug.serving": {"servers"},
    "asyncio": {"servers", "outbound", "testing"},
    "uvloop": {"servers"},
    "aiosmtplib": {"outbound", "testing"},
    "httpx2": {"outbound"},
    "click": {"cli"},
    "ruamel": {"application"},
    "pytest": {"testing"},
}
# The standard library's mail parser is the tests' oracle; nothing that reads mail may lean on it.
WITHOUT_STDLIB_EMAIL = {"mail", "reports", "simulation"}

LINES_AT_MOST = 400
# A file that may be longer: the reason why it is one room all the same.
LONG_FILES = {"web/src/api/schema.ts": "made from the OpenAPI document"}

MARKUP_SINKS = re.compile(
    r"\.innerHTML|\.outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\bMarkup\(|\|\s*safe\b|\beval\("
)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    """The room of a dotted module name, as in `mailpit_py.servers.smtp.session` -> `servers`."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else ""
    return PART_OF.get(name, name)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module of a file with its line, those inside functions and for types included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            for alias in node.names:
                is_module = node.module == "mailpit_py" or (PACKAGE.parent / as_path(node.module)).is_dir()
                yield (f"{node.module}.{alias.name}" if is_module else str(node.module)), node.lineno


def as_path(module: str | None) -> str:
    return str(module).replace(".", "/")


def row_of(room: str) -> int:
    return next(number for number, row in enumerate(ROWS) if room in row)


def allowed(room: str, other: str) -> bool:
    """True if a module of `room` may import one of `other`; both may be leaves."""
    if other in ("", "__version__") or room == other:
        return True
    if room in LEAVES:
        return other in LEAVES[room]
    if other in LEAVES:
        return room != "mail" or other in LEAVES_FOR_MAIL
    return row_of(other) < row_of(room)


def test_each_module_has_a_place():
    placed = set(LEAVES).union(*ROWS) | {""}
    unplaced = {module_name(path) for path in modules() if room_of(module_name(path)) not in placed}
    assert not unplaced, "give these a row in ROWS or LEAVES"


def test_imports_point_down():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {room_of(module_name(path))} imports {name}"
        for path in modules()
        for name, line in imports(path)
        if name.split(".")[0] == "mailpit_py" and not allowed(room_of(module_name(path)), room_of(name))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_library_is_used_in_its_own_room_only():
    wrong = []
    for path in modules():
        for name, line in imports(path):
            owner = next((rooms for library, rooms in OWNERS.items() if f"{name}.".startswith(f"{library}.")), None)
            if owner is not None and room_of(module_name(path)) not in owner:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {name} belongs to {', '.join(sorted(owner))}")
    assert not wrong, "\n".join(wrong)


def test_every_library_is_declared():
    """An import that works only because another package depends on it breaks when that one changes its mind."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    declared = {re.split(r"[\[<>=!~; ]", requirement)[0].lower() for requirement in wanted}
    declared.add("pydantic-core")  # pydantic asks for exactly one version of it
    owners = importlib.metadata.packages_distributions()
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules()
        for name, line in imports(path)
        if (root := name.split(".")[0]) not in sys.stdlib_module_names
        and root != "mailpit_py"
        and root != "compression"  # the standard library's from Python 3.14 on
        and not declared & {owner.lower().replace("_", "-") for owner in [root, *owners.get(root, [])]}
    ]
    assert not wrong, "\n".join(wrong)


def test_mail_is_read_without_the_standard_parser():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules()
        for name, line in imports(path)
        if room_of(module_name(path)) in WITHOUT_STDLIB_EMAIL and name.split(".")[0] == "email"
    ]
    assert not wrong, "\n".join(wrong)


def test_files_are_short_enough_for_one_concern():
    tests = (path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
    sources = [*modules(), *tests, *(ROOT / "web" / "src").rglob("*.ts"), *(ROOT / "web" / "src").rglob("*.tsx")]
    names = {path: str(path.relative_to(ROOT)) for path in sources if not path.name.endswith(".d.ts")}
    lengths = {name: len(path.read_text("utf-8").splitlines()) for path, name in names.items()}
    long = {name: lines for name, lines in lengths.items() if lines > LINES_AT_MOST}
    assert long.keys() == LONG_FILES.keys()


def test_most_functions_fit_on_a_screen():
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(len(lengths) * 0.95)] <= 25


def test_nothing_is_kept_in_modules():
    """Two nodes live in one process: state belongs to objects, not to modules."""
    wrong = []
    for path in modules():
        where = path.relative_to(ROOT)
        wrong += [f"{where}:{n.lineno}: global" for n in ast.walk(tree(path)) if isinstance(n, ast.Global)]
        wrong += [f"{where}:{n.lineno}: {ast.unparse(n)[:60]}" for n in tree(path).body if is_mutable_binding(n)]
    assert not wrong, "\n".join(wrong)


def is_mutable_binding(node: ast.stmt) -> bool:
    """True for `name = []`, `name = {}`, `name = Lock()` and the like at module level, unless NAME is a constant."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if all(name.lstrip("_").isupper() or name == "__all__" for name in names):
        return isinstance(node.value, ast.List | ast.Dict | ast.Set) and not ast.unparse(node.value).strip("[]{}")
    makers = {"list", "dict", "set", "deque", "defaultdict", "local", "Lock", "RLock", "Event", "Condition", "Queue"}
    called = node.value.func if isinstance(node.value, ast.Call) else None
    maker = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return isinstance(node.value, ast.List | ast.Dict | ast.Set) or maker in makers


def test_no_exception_disappears():
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and all(isinstance(step, ast.Pass) for step in node.body)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_of_a_mail_becomes_markup_unescaped():
    web = ROOT / "web"
    sources = [*PACKAGE.rglob("*.py"), *(PACKAGE / "api").rglob("*.html"), web / "index.html"]
    sources += [path for path in (web / "src").rglob("*") if path.suffix in (".ts", ".tsx", ".html")]
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources
        if path.is_file()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if MARKUP_SINKS.search(line)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("room", "other", "expected"),
    [
        ("storage", "mail", True),
        ("mail", "storage", False),
        ("servers", "api", False),
        ("cli", "node", True),
        ("mail", "errors", True),
        ("mail", "config", False),
        ("errors", "mail", False),
    ],
)
def test_the_rule_itself(room, other, expected):
    assert allowed(room, other) is expected
