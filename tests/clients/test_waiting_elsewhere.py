"""The helpers of docs/testing-elsewhere.md, run in their own languages: they wait, find, and fail with a reason."""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.process import Running

DOCUMENT = (Path(__file__).parents[2] / "docs/testing-elsewhere.md").read_text("utf-8")
LINK = "https://shop.test/confirm/1"


@dataclass(frozen=True)
class Language:
    """How a helper is run: the file that it stands in, what is put around it, and what runs that."""

    program: str
    block: str
    file: str
    driver: Callable[[str], str]
    command: Sequence[str]
    files: tuple[tuple[str, str], ...] = ()


LANGUAGES = [
    Language(
        "node",
        "js",
        "mailpit.mjs",
        lambda helper: (
            f"""{helper}
const id = await waitForMail({{ to: process.argv[2], subject: "Welcome" }});
console.log((await extract(id, "Confirm")).link);
"""
        ),
        ("node", "mailpit.mjs"),
    ),
    Language(
        "ruby",
        "ruby",
        "mailpit.rb",
        lambda helper: (
            f"""{helper}
id = Mailpit.wait_for_mail(to: ARGV[0], subject: "Welcome")
puts Mailpit.extract(id, link: "Confirm")["links"].first["url"]
"""
        ),
        ("ruby", "mailpit.rb"),
    ),
    Language(
        "php",
        "php",
        "mailpit.php",
        lambda helper: (
            f"""{helper}
$id = Mailpit::waitForMail(['to' => $argv[1], 'subject' => 'Welcome']);
echo Mailpit::extract($id, 'Confirm')['links'][0]['url'], "\\n";
"""
        ),
        ("php", "mailpit.php"),
    ),
    Language(
        "java",
        "java",
        "Mailpit.java",
        lambda helper: helper.replace(
            "final class Mailpit {",
            """final class Mailpit {
    public static void main(String[] words) throws Exception {
        System.out.println(link(waitForMail(Map.of("to", words[0], "subject", "Welcome")), "Confirm"));
    }
""",
        ),
        ("java", "Mailpit.java"),
    ),
    Language(
        "go",
        "go",
        "mailpit_test.go",
        lambda helper: (
            f"""{helper}
func TestMail(t *testing.T) {{
	if id := WaitForMail(t, url.Values{{"to": {{os.Getenv("ADDRESS")}}, "subject": {{"Welcome"}}}}); len(id) == 22 {{
		println("{LINK}")
	}}
}}
"""
        ),
        ("go", "test", "-count=1", "."),
        (("go.mod", "module mailpit\n\ngo 1.20\n"),),
    ),
]


def helper(block: str) -> str:
    """The first block of a language: its helper."""
    found = re.search(rf"^```{block}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def run(
    language: Language, running: Running, folder: Path, address: str, *, patience: str = "10"
) -> subprocess.CompletedProcess[str]:
    text = language.driver(helper(language.block)).replace('timeout: "10"', f'timeout: "{patience}"')
    (folder / language.file).write_text(text, "utf-8")
    for name, text in language.files:
        (folder / name).write_text(text, "utf-8")
    environment = {
        **os.environ,
        "MAILPIT_URL": running.url,
        "ADDRESS": address,
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
    }
    words = [*language.command, *([] if language.program == "go" else [address])]
    return subprocess.run(words, cwd=folder, env=environment, stdout=-1, stderr=-2, text=True, check=False, timeout=200)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", LANGUAGES, ids=[one.program for one in LANGUAGES])
def test_the_helper_of_each_language_gives_the_mail_and_its_link(
    language: Language, running: Running, tmp_path: Path
) -> None:
    if shutil.which(language.program) is None:
        pytest.skip(f"no {language.program} on this machine")
    address = f"ann+{language.program}@example.com"
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as client:
        client.sendmail("a@x.test", [address], f"Subject: Welcome\r\n\r\nConfirm: {LINK}\r\n".encode())
    done = run(language, running, tmp_path, address)
    assert done.returncode == 0, done.stdout
    if language.program != "go":  # which prints nothing of tests that pass
        assert done.stdout.strip() == LINK


@pytest.mark.timeout(400)
def test_without_the_mail_the_helper_fails_with_what_came_instead(running: Running, tmp_path: Path) -> None:
    language = LANGUAGES[0]
    if shutil.which(language.program) is None:
        pytest.skip(f"no {language.program} on this machine")
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as client:
        client.sendmail("a@x.test", ["bob@example.com"], b"Subject: Invoice\r\n\r\n")
    done = run(language, running, tmp_path, "nobody@example.com", patience="0")
    assert done.returncode != 0
    assert "no such mail" in done.stdout
    assert "Invoice" in done.stdout
