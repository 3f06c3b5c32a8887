"""The examples for Playwright and Cypress of docs/testing-elsewhere.md: a shop's page in a browser, and its mail."""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.process import Running

MODULES = Path(__file__).parent / "node_modules"
DOCUMENT = (Path(__file__).parents[2] / "docs/testing-elsewhere.md").read_text("utf-8")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FORM = '<form method="post"><label>E-mail <input name="email"></label><button>Sign up</button></form>'
CONFIG = """export default {
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  reporter: "line",
  use: { baseURL: "SHOP", launchOptions: { executablePath: "CHROMIUM", args: ["--no-sandbox"] } },
};
"""

# As much of Cypress as its commands for the sandbox need; what they ask, they ask of the sandbox.
CYPRESS = """
import { expect } from "chai";

class Chain {
  constructor(subject) { this.subject = subject; }
  its(name) { return new Chain(this.subject.then((value) => value[name])); }
  then(use, fail) { return new Chain(this.subject.then(use, fail)); }
}
const request = async ({ url, qs }) => {
  const answer = await fetch(`${url}?${new URLSearchParams(qs)}`);
  if (!answer.ok) throw new Error(`cy.request() failed: ${answer.status}`);
  return { body: await answer.json() };
};
const cy = { request: (options) => new Chain(request(options)) };
const Cypress = {
  env: (name) => process.env[`CYPRESS_${name}`],
  Commands: { add: (name, command) => { cy[name] = command; } },
};

COMMANDS

cy.waitForMail({ to: process.argv[2], subject: "Welcome", ...JSON.parse(process.argv[3]) })
  .then((id) => cy.extract(id, "Confirm"))
  .then(({ link, code }) => console.log(link, code));
"""

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not MODULES.exists(), reason="no Node.js, or the packages are not installed"
)


def block(language: str, word: str) -> str:
    """The one block of a language with `word` in it."""
    found = re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    (text,) = [one for one in found if word in one]
    return text


def run(folder: Path, *words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command where the packages of this folder are found."""
    (folder / "node_modules").symlink_to(MODULES)
    environment = os.environ | variables
    return subprocess.run(words, cwd=folder, env=environment, stdout=-1, stderr=-2, text=True, check=False, timeout=240)


def send(running: Running, address: str, subject: str, text: str) -> None:
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as client:
        head = f"Subject: {subject}\r\nContent-Type: text/html\r\n\r\n"
        client.sendmail("shop@acme.test", [address], f"{head}{text}\r\n".encode())


@pytest.fixture
def shop(running: Running) -> Iterator[str]:
    """The address of a shop whose form sends a mail, with a link back to it."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("Your address is confirmed" if self.path.startswith("/confirm/") else FORM)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            link = f'<a href="http://{self.headers["Host"]}/confirm/1">Confirm your address</a>'
            send(running, form["email"][0], "Welcome", link)
            self.answer("Look into your mail")

        def answer(self, text: str) -> None:
            body = f"<!doctype html><title>Shop</title>{text}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@needs_node
@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_example_for_playwright_passes(shop: str, running: Running, tmp_path: Path) -> None:
    config = CONFIG.replace("SHOP", shop).replace("CHROMIUM", str(CHROMIUM))
    (tmp_path / "playwright.config.mjs").write_text(config, "utf-8")
    (tmp_path / "mailpit.mjs").write_text(block("js", "// mailpit.mjs"), "utf-8")
    (tmp_path / "sign-up.spec.ts").write_text(block("ts", "@playwright/test"), "utf-8")
    done = run(tmp_path, "node", "node_modules/@playwright/test/cli.js", "test", MAILPIT_URL=running.url)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def cypress(running: Running, folder: Path, address: str, filters: str) -> subprocess.CompletedProcess[str]:
    """Ask the sandbox as Cypress's commands do."""
    (folder / "commands.mjs").write_text(CYPRESS.replace("COMMANDS", block("js", "support/commands.js")), "utf-8")
    return run(folder, "node", "commands.mjs", address, filters, CYPRESS_MAILPIT_URL=running.url)


@needs_node
def test_the_commands_for_cypress_wait_and_extract(running: Running, tmp_path: Path) -> None:
    send(running, "cy@example.com", "Welcome", '<a href="https://shop.test/1">Confirm</a> <p>Your code is 481516</p>')
    done = cypress(running, tmp_path, "cy@example.com", "{}")
    assert done.stdout.strip() == "https://shop.test/1 481516"


@needs_node
def test_the_commands_for_cypress_say_what_came_instead(running: Running, tmp_path: Path) -> None:
    send(running, "cyril@example.com", "Invoice", "Pay")
    done = cypress(running, tmp_path, "cyril@example.com", '{"timeout": 0}')
    assert done.returncode != 0
    assert "Invoice" in done.stdout


@needs_node
def test_the_example_for_cypress_can_be_read_and_uses_what_its_commands_are(tmp_path: Path) -> None:
    commands, example = block("js", "support/commands.js"), block("js", "cypress/e2e")
    (tmp_path / "sign-up.cy.js").write_text(example, "utf-8")
    done = run(tmp_path, "node", "--check", "sign-up.cy.js")
    assert done.returncode == 0, done.stdout
    own = set(re.findall(r'Commands\.add\("(\w+)"', commands))
    assert own <= set(re.findall(r"\bcy\.(\w+)\(", example))
