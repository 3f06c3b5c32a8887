"""Where the built page and the migrations are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def static_directory() -> Path:
    """The built page: `index.html` and `assets/`. It may be missing in a checkout that was never built."""
    return PACKAGE / "static"


def migrations_directory() -> Path:
    """Alembic's scripts: inside the package in a wheel, beside it in a checkout."""
    installed = PACKAGE / "migrations"
    return installed if installed.is_dir() else PACKAGE.parent / "migrations"
