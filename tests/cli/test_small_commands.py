"""`version`, `completion` and `readyz`."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mailpit_py import __version__
from mailpit_py.cli.readyz import readiness_url
from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.cli.conftest import invoke
from tests.process import ROOT


def test_the_version_is_said_with_what_it_runs_on() -> None:
    said = invoke("version", "--no-release-check").output
    assert said.startswith(f"mailpit-py {__version__} on ")
    assert sys.version.split()[0] in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str) -> None:
    script = invoke("completion", shell).output
    assert "_MAILPIT_PY_COMPLETE" in script
    assert "mailpit-py" in script


TYPED = [
    ("sen", {"sendmail"}),
    ("dump --f", {"--format"}),
    ("dump --format m", {"mbox", "maildir"}),
    ("--smtp-req", {"--smtp-require-starttls", "--smtp-require-tls", "--smtp-require-auth"}),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where a shell finds the program under its name."""
    program = tmp_path / "mailpit-py"
    program.write_text(f"#!{sys.executable}\nfrom mailpit_py.cli.program import run\nrun()\n")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "TERM": "dumb"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_bash_completes(environment: dict[str, str], typed: str, completed: set[str]) -> None:
    words = ["mailpit-py", *typed.split(" ")]
    asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_TYPE=9"
    shown = "printf '%s\\n' \"${COMPREPLY[@]}\""
    script = "\n".join(['eval "$(mailpit-py completion bash)"', asked, "_mailpit_py_completion mailpit-py", shown])
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == completed, done.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_fish_completes(environment: dict[str, str], typed: str, completed: set[str]) -> None:
    folder = Path(environment["HOME"], ".config", "fish", "completions")
    folder.mkdir(parents=True)
    (folder / "mailpit-py.fish").write_text(invoke("completion", "fish").output)
    asked = ["fish", "-c", f"complete --do-complete 'mailpit-py {typed}'"]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == completed, done.stderr


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_zsh_completes(environment: dict[str, str], typed: str, completed: set[str]) -> None:
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(["zsh", "-fi"], stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        try:
            os.write(
                master, b'autoload -Uz compinit && compinit -u; eval "$(mailpit-py completion zsh)"; echo rea""dy\n'
            )
            shown_until(master, {"ready"})
            os.write(master, f"mailpit-py {typed}\t\t".encode())
            shown_until(master, completed)
        finally:
            process.kill()
            os.close(master)


def shown_until(terminal: int, words: set[str]) -> None:
    """Read what a terminal shows until all of these words are there; fails after a minute without any."""
    shown = ""
    while not all(word in shown for word in words):
        assert select.select([terminal], [], [], 60)[0], f"not all of {words} are in {shown!r}"
        shown += os.read(terminal, 4096).decode("utf-8", "replace")


@pytest.mark.parametrize("text", ["30", "0.5", ".5s", "500ms", "900us", "1m30s", "2h"])
def test_readyz_takes_times_as_mailpit_does(node: Node, text: str) -> None:
    where = f"127.0.0.1:{node.ports['listen']}"
    assert invoke("readyz", "--listen", where, "--wait", "--timeout", text).exit_code == 0


@pytest.mark.parametrize(("https", "status"), [("true", 1), ("false", 0)])
def test_readyz_takes_a_value_for_a_switch(node: Node, https: str, status: int) -> None:
    where = f"127.0.0.1:{node.ports['listen']}"
    asked = invoke("readyz", "--listen", where, f"--https={https}", "--wait=false", MP_UI_TLS_CERT="auto")
    assert asked.exit_code == status


@pytest.mark.parametrize("text", ["", "s", "1x", "1m 30s", "-1"])
def test_readyz_says_how_a_time_is_written(text: str) -> None:
    result = invoke("readyz", "--timeout", text)
    assert (result.exit_code, "write it as 30, 30s or 1m30s" in result.output) == (2, True)


def test_readyz_gives_up_when_its_time_is_over() -> None:
    result = invoke("readyz", "--listen", "127.0.0.1:9", "--wait", "--timeout", "20ms")
    assert (result.exit_code, "http://127.0.0.1:9/readyz is not ready" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("listen", "webroot", "https", "url"),
    [
        ("127.0.0.1:8025", "", False, "http://127.0.0.1:8025/readyz"),
        ("127.0.0.1:8025", "/mailpit", False, "http://127.0.0.1:8025/mailpit/readyz"),
        ("127.0.0.1:8025", "/mailpit/", True, "https://127.0.0.1:8025/mailpit/readyz"),
        ("0.0.0.0:9000", "/", False, "http://127.0.0.1:9000/readyz"),
        ("[::]:8025", "/a/../b", False, "http://localhost:8025/b/readyz"),
        ("[::1]:8025", "/", True, "https://[::1]:8025/readyz"),
    ],
)
def test_readyz_asks_where_the_sandbox_listens(listen: str, webroot: str, https: bool, url: str) -> None:
    assert readiness_url(listen, webroot, https=https) == url


def test_readyz_asks_over_tls_where_the_sandbox_has_a_certificate() -> None:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", ui_tls_cert="sans:localhost", webroot="/m")) as node:
        variables = {"MP_UI_BIND_ADDR": f"127.0.0.1:{node.ports['listen']}", "MP_WEBROOT": "/m"}
        assert invoke("readyz", **variables, MP_UI_TLS_CERT="auto").exit_code == 0
        assert invoke("readyz", "--https", **variables).exit_code == 0
        assert invoke("readyz", **variables).exit_code == 1


def test_readyz_asks_again_until_the_sandbox_is_ready() -> None:
    answers = [503, 503, 200]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        where = f"127.0.0.1:{server.server_port}"
        assert "it answered 503" in invoke("readyz", "-l", where).stderr
        assert invoke("readyz", "-l", where, "--wait").exit_code == 0
        server.shutdown()
        thread.join()
    assert answers == []
