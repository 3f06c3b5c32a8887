"""The newest Django, with `MAILERS`; it needs a newer Python than we do, and gets an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.testing.django_project import SETTINGS, SHOP, TESTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
NEEDED = ["django>=6.1,<7", "pytest", "pytest-django"]
IS_RECENT = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))"

MAILERS = """MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "mail.production.test", "use_tls": True, "username": "apikey", "password": "secret"},
    },
    "bulk": {"BACKEND": "shop.bulk.Backend", "OPTIONS": {"region": "eu"}},
}
"""
BY_FIXTURE = """
import pytest
from django.conf import settings
from django.core import mail

LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}

@pytest.mark.parametrize("name", ["default", "bulk"])
def test_each_mailer_is_pointed_at_it(mailpit_django, name):
    mail.EmailMessage("Hi", "x", to=[f"{name}@example.com"]).send(using=name)
    mailpit_django.wait_for(to=f"{name}@example.com")
    assert mail.outbox == []

@pytest.mark.mailpit(auth=("ann", "secret"))
def test_each_mailer_logs_in_where_that_is_asked_for(mailpit_django):
    mail.EmailMessage("Hi", "x", to=["ann@example.com"]).send(using="bulk")
    assert mailpit_django.wait_for(to="ann@example.com").session.auth_identity == "ann"

def test_put_back_as_it_was(mailpit):
    assert settings.MAILERS == {"default": LOCMEM, "bulk": LOCMEM}
    mail.EmailMessage("Hi", "x", to=["ann@example.com"]).send(using="bulk")
    assert len(mail.outbox) == 1
    mailpit.expect_none(within=0)
"""
OF_BEFORE = """
import warnings

from django.core import mail

def test_settings_of_before_are_changed_without_a_word(mailpit_django):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mail.EmailMessage("Hi", "x", to=["ann@example.com"]).send()
    mailpit_django.wait_for(to="ann@example.com")
    assert not caught
"""


def interpreter() -> str:
    """A Python that the newest Django runs on, or none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, *(f"python3.{minor}" for minor in (14, 13, 12))]
    candidates += [str(one) for one in sorted(pyenv.glob("versions/3.1[2-9].*/bin/python3"))]
    for one in candidates:
        found = shutil.which(one)
        if found and subprocess.run([found, "-c", IS_RECENT], capture_output=True, check=False).returncode == 0:
            return found
    return ""


@pytest.fixture(scope="module")
def python() -> str:
    """The interpreter of an environment with the newest Django, which is made once and kept beside our own."""
    folder = Path(sys.prefix) / "newer-django"
    stamp, program = folder / "requirements.txt", folder / "bin" / "python"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [one for one in pins if not one.lower().startswith("django==")]
    wanted = "\n".join([*project["dependencies"], *NEEDED])
    if stamp.exists() and stamp.read_text("utf-8") == wanted + "\n".join(pinned):
        return str(program)
    base = interpreter()
    if not base:
        pytest.skip("no Python 3.12 or newer on this machine, which the newest Django needs")
    subprocess.run([base, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
    requirements, constraints = folder / "wanted.txt", folder / "pinned.txt"
    requirements.write_text(wanted, "utf-8")
    constraints.write_text("\n".join(pinned), "utf-8")
    command = [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--requirement", str(requirements), "--constraint", str(constraints)]
    done = subprocess.run(command, stdout=-1, stderr=-2, text=True, check=False, timeout=500)
    if done.returncode:
        pytest.skip(f"pip cannot install the newest Django: {done.stdout.strip().splitlines()[-1:]}")
    stamp.write_text(wanted + "\n".join(pinned), "utf-8")
    return str(program)


def run(python: str, folder: Path, *words: str) -> str:
    """Run a project's tests by the other interpreter, in which this checkout is on the path; return what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(folder)])
    command = [python, "-m", "pytest", "-p", "mailpit_py.testing.plugin", "-W", "error", "-q", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=-1, stderr=-2, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project that runs on older Djangos, too; its settings without those of mail."""
    begin, end = SETTINGS.index("EMAIL_HOST ="), SETTINGS.index("DEFAULT_FROM_EMAIL")
    (tmp_path / "settings.py").write_text(SETTINGS[:begin] + MAILERS + SETTINGS[end:], "utf-8")
    (tmp_path / "shop.py").write_text(SHOP, "utf-8")
    (tmp_path / "test_shop.py").write_text(TESTS, "utf-8")
    (tmp_path / "test_fixture.py").write_text(BY_FIXTURE, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nDJANGO_SETTINGS_MODULE = settings\nmailpit_timeout = 60\n", "utf-8")
    return tmp_path


def test_a_project_with_mailers_has_its_tests_pass_as_those_of_older_djangos(project: Path, python: str) -> None:
    with (project / "pytest.ini").open("a") as file:
        file.write("mailpit_autouse = true\n")
    assert "9 passed" in run(python, project, "test_shop.py")


def test_every_mailer_is_pointed_at_it_and_put_back(project: Path, python: str) -> None:
    assert "4 passed" in run(python, project, "test_fixture.py")


def test_a_project_that_has_not_moved_to_mailers_is_not_warned_of_what_we_do(project: Path, python: str) -> None:
    settings = (project / "settings.py").read_text("utf-8").replace(MAILERS, 'EMAIL_HOST = "mail.production.test"\n')
    (project / "settings.py").write_text(settings, "utf-8")
    (project / "test_before.py").write_text(OF_BEFORE, "utf-8")
    assert "1 passed" in run(python, project, "-W", "ignore:The EMAIL_HOST setting", "test_before.py")
