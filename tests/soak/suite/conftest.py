"""The applications as processes of their own, one of each for each worker of the suite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_server

import pytest

HERE = Path(__file__).parent
TESTS = int(os.environ.get("SOAK_TESTS", "100"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test as often as the suite is to be large: ten tests make a hundred."""
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number", range(max(1, TESTS // 10)))


def run(command: list[str], environment: dict[str, str], *sockets: int) -> subprocess.Popen[bytes]:
    environment = os.environ | environment
    return subprocess.Popen([sys.executable, *command], cwd=HERE, env=environment, pass_fds=sockets)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def mail_settings(mailpit_server) -> dict[str, str]:
    """Where this worker's applications send their mail: they log in as its inbox on a server that others use, too."""
    isolate = getattr(mailpit_server, "isolate", None)
    if isolate is not None:
        isolate()
    return mailpit_server.view().env()


@pytest.fixture(scope="session")
def shop_and_worker(
    mailpit_server, mail_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[object, subprocess.Popen[bytes]]]:
    """The shop's module in this process, and its worker in another."""
    folder = tmp_path_factory.mktemp("celery")
    for name in ("queue", "control"):
        (folder / name).mkdir()
    environment = {**mail_settings, "SOAK_QUEUE": str(folder), "DJANGO_SETTINGS_MODULE": "shop_settings"}
    os.environ.update(environment)
    import django

    django.setup()
    import shop as module

    view = mailpit_server.view(timeout=120)
    module.remind.delay("ready@acme.test")  # before the worker is there: both would declare the queue
    worker = run(["shop.py", "worker", "--pool=threads", "--concurrency=4", "--loglevel=ERROR"], environment)
    try:
        view.wait_for(to="ready@acme.test")  # it has taken its first task
        yield module, worker
    finally:
        end(worker)


@pytest.fixture
def shop(shop_and_worker: tuple[object, subprocess.Popen[bytes]]) -> object:
    """The shop, whose worker runs: else every test would wait in vain for its own time-out."""
    module, worker = shop_and_worker
    assert worker.poll() is None, f"Celery's worker has ended with {worker.returncode}"
    return module


@pytest.fixture(scope="session")
def club(mail_settings: dict[str, str]) -> Iterator[Callable[..., None]]:
    """A function that invites somebody to the club, which runs under uvicorn."""
    with create_server(("127.0.0.1", 0)) as bound:  # handed on, so that nobody else takes the port in between
        port, number = bound.getsockname()[1], bound.fileno()
        server = run(["-m", "uvicorn", "club:app", "--fd", str(number), "--log-level", "error"], mail_settings, number)

    def invite(**wish: object) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/invite", json.dumps(wish).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200

    try:
        deadline = time.monotonic() + 120
        while not is_ready(port):
            assert server.poll() is None, "uvicorn has ended"
            assert time.monotonic() < deadline, "uvicorn is not ready"
            time.sleep(0.1)
        yield invite
    finally:
        end(server)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def forum(mail_settings: dict[str, str]):
    """A client of the forum, which runs in this process."""
    from forum import make_app

    names = ("MAIL_SERVER", "MAIL_PORT", "MAIL_USERNAME", "MAIL_PASSWORD")
    settings = {name: mail_settings[name] for name in names}
    settings["MAIL_PORT"] = int(settings["MAIL_PORT"])
    settings = {name: value or None for name, value in settings.items()}
    return make_app(settings).test_client()
