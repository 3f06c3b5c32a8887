"""The typed client that is made from a sandbox's own document: it passes the strictest checks, and works."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import subprocess
from pathlib import Path

import pytest

from tests.process import Running

WEB = Path(__file__).parents[2] / "web"
COMPILER = WEB / "node_modules" / ".bin" / "tsc"
STRICT = [
    "--ignoreConfig",
    "--strict",
    "--noUncheckedIndexedAccess",
    "--exactOptionalPropertyTypes",
    "--noUnusedLocals",
    "--noUnusedParameters",
    "--target",
    "ES2022",
    "--lib",
    "ES2022,DOM",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
]
USE = """
import { Mailpit, MailpitError, type Waited } from "./mailpit.js";

declare const process: { argv: string[]; env: { [name: string]: string } };
const mailpit = new Mailpit(process.env["MAILPIT_URL"]);
const outcome: Waited = await mailpit.wait({ to: "ann@example.com", subject: "Welcome", timeout: 10 });
const message = outcome.messages[0]!;
const { links, codes } = await mailpit.showExtract(message.id, { link: "Confirm" });
const raw = await (await mailpit.showRaw(message.id)).text();
const changed = await mailpit.markMessage(message.id, { seen: true });
const missing = await mailpit.showMessage("0".repeat(22)).catch((error: unknown) => error);
console.log(JSON.stringify({
  link: links[0]?.url, code: codes[0]?.code, raw: raw.includes("Welcome"), changed: changed.changed,
  missing: missing instanceof MailpitError ? missing.problem.status : 0,
}));
"""


def documented(url: str) -> str:
    """The example of the document, for the sandbox at `url`."""
    document = (WEB.parent / "docs/testing-elsewhere.md").read_text("utf-8")
    (example,) = re.findall(r"^```ts\n(const mailpit = .*?)^```", document, re.MULTILINE | re.DOTALL)
    head = 'import { Mailpit } from "./mailpit.js";\n'
    return f"{head}{example.replace('http://localhost:8025/', url)}console.log(links[0]?.url);\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine")
@pytest.mark.skipif(not COMPILER.exists(), reason="the packages of web/ are not installed")
@pytest.mark.timeout(400)
def test_a_typed_client_is_made_from_the_document_and_works(running: Running, tmp_path: Path) -> None:
    made = subprocess.run(
        ["node", WEB / "scripts" / "client.mjs"],
        input=running.get("api/v2/openapi.json"),
        capture_output=True,
        check=True,
    ).stdout
    (tmp_path / "mailpit.ts").write_bytes(made)
    (tmp_path / "use.ts").write_text(USE, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "documented.ts").write_text(documented(running.url), "utf-8")
    command = [COMPILER, *STRICT, "--types", "", "use.ts", "documented.ts", "mailpit.ts"]
    compiled = subprocess.run(command, cwd=tmp_path, stdout=-1, stderr=-2, text=True, check=False)
    assert compiled.returncode == 0, compiled.stdout

    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as client:
        text = "Confirm: https://shop.test/confirm/1\r\n\r\nYour code is 481516\r\n"
        client.sendmail("a@x.test", ["ann@example.com"], f"Subject: Welcome\r\n\r\n{text}".encode())
    environment = {"PATH": str(Path(shutil.which("node") or "").parent), "MAILPIT_URL": running.url}
    said = []
    for name in ("use.js", "documented.js"):
        done = subprocess.run(
            ["node", name], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert json.loads(said[0]) == {
        "link": "https://shop.test/confirm/1", "code": "481516", "raw": True, "changed": 1, "missing": 404,
    }  # fmt: skip
    assert said[1] == "https://shop.test/confirm/1\n"
