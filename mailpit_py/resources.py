"""Where the built page, the fetched data and the migrations are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def static_directory() -> Path:
    """The built page: `index.html` and `assets/`. It may be missing in a checkout that was never built."""
    return PACKAGE / "static"


def compatibility_data() -> Path:
    """What caniemail.com knows of mail programs; fetched by the build, and missing where nothing was built."""
    return PACKAGE / "data" / "caniemail.json"


def migrations_directory() -> Path:
    """Alembic's scripts: inside the package in a wheel, beside it in a checkout."""
    installed = PACKAGE / "migrations"
    return installed if installed.is_dir() else PACKAGE.parent / "migrations"
