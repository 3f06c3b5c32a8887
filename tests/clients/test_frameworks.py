"""The tests that docs/testing-elsewhere.md shows, run by their own frameworks around a shop that sends mail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.process import Running

DOCUMENT = (Path(__file__).parents[2] / "docs/testing-elsewhere.md").read_text("utf-8")
LINK = "https://shop.test/confirm/1"
CONSOLE = Path("/usr/share/java/junit-platform-console-standalone.jar")
JARS = [
    *(f"junit-{one}.jar" for one in ("jupiter-api", "jupiter-engine", "platform-commons", "platform-engine")),
    *("junit-platform-launcher.jar", "junit-platform-console.jar", "junit-platform-reporting.jar"),
    *("opentest4j.jar", "apiguardian-api.jar", "picocli.jar", "univocity-parsers.jar"),
]

RUBY = """
require "net/smtp"
require_relative "mailpit"

RSpec.describe "sign up" do
  def post(_path, params:)
    Net::SMTP.start("127.0.0.1", ENV["SMTP_PORT"].to_i) do |smtp|
      smtp.send_message("Subject: Welcome\\r\\n\\r\\nConfirm: LINK\\r\\n", "a@x.test", params[:email])
    end
  end

EXAMPLE
end
"""
PHP = """<?php
require __DIR__ . '/mailpit.php';

final class SignUpTest extends PHPUnit\\Framework\\TestCase
{
    private function post(string $path, array $form): void
    {
        $smtp = fsockopen('127.0.0.1', (int) getenv('SMTP_PORT'));
        $lines = ['HELO x', 'MAIL FROM:<a@x.test>', "RCPT TO:<{$form['email']}>", 'DATA',
            "Subject: Welcome\\r\\n\\r\\nConfirm: LINK\\r\\n.", 'QUIT'];
        foreach ($lines as $line) {
            fgets($smtp);
            fwrite($smtp, "$line\\r\\n");
        }
        while (!feof($smtp)) {
            fgets($smtp);
        }
    }

EXAMPLE
}
"""
JAVA = """
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignUpTest {
    private final Application application = new Application();

EXAMPLE
    static final class Application {
        void signUp(String address) throws Exception {
            try (Socket smtp = new Socket("127.0.0.1", Integer.parseInt(System.getenv("SMTP_PORT")))) {
                BufferedReader replies = new BufferedReader(new InputStreamReader(smtp.getInputStream()));
                for (String line : new String[] {"HELO x", "MAIL FROM:<a@x.test>", "RCPT TO:<" + address + ">", "DATA",
                        "Subject: Welcome\\r\\n\\r\\nConfirm: LINK\\r\\n.", "QUIT"}) {
                    replies.readLine();
                    smtp.getOutputStream().write((line + "\\r\\n").getBytes());
                }
                while (replies.readLine() != null) { }
            }
        }
    }
}
"""


def blocks(language: str) -> list[str]:
    """The blocks of a language: its helper, and a test that uses it."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


@dataclass
class Project:
    """A folder with a test in it, and the sandbox that it asks."""

    folder: Path
    running: Running

    def write(self, name: str, template: str, example: str = "") -> None:
        text = template.replace("EXAMPLE", example).replace("LINK", LINK)
        (self.folder / name).write_text(text, "utf-8")

    def run(self, *words: str) -> str:
        environment = os.environ | {"MAILPIT_URL": self.running.url, "SMTP_PORT": str(self.running.smtp_port)}
        done = subprocess.run(
            words, cwd=self.folder, env=environment, stdout=-1, stderr=-2, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def project(tmp_path: Path, running: Running) -> Project:
    return Project(tmp_path, running)


@dataclass(frozen=True)
class Framework:
    """How an example is run: the files that it and its helper stand in, what is around it, and what is said then."""

    program: str
    language: str
    helper: str
    file: str
    template: str
    said: str


FRAMEWORKS = [
    Framework("rspec", "ruby", "mailpit.rb", "sign_up_spec.rb", RUBY, "1 example, 0 failures"),
    Framework("phpunit", "php", "mailpit.php", "SignUpTest.php", PHP, "OK (1 test, 1 assertion)"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("framework", FRAMEWORKS, ids=[one.program for one in FRAMEWORKS])
def test_the_example_passes_in_its_framework(project: Project, framework: Framework) -> None:
    if shutil.which(framework.program) is None:
        pytest.skip(f"no {framework.program} on this machine")
    helper, example = blocks(framework.language)
    project.write(framework.helper, helper)
    project.write(framework.file, framework.template, example)
    assert framework.said in project.run(framework.program, framework.file)


@pytest.mark.timeout(300)
@pytest.mark.skipif(not CONSOLE.exists() or shutil.which("javac") is None, reason="no JUnit 5 on this machine")
def test_the_example_for_junit_passes(project: Project) -> None:
    helper, example = blocks("java")
    project.write("Mailpit.java", helper)
    project.write("SignUpTest.java", JAVA, example)
    jars = [CONSOLE, *(CONSOLE.parent / name for name in JARS)]
    path = os.pathsep.join(str(one) for one in jars if one.exists())
    project.run("javac", "-d", "classes", "-cp", path, "Mailpit.java", "SignUpTest.java")
    console = "org.junit.platform.console.ConsoleLauncher"
    said = project.run("java", "-cp", f"classes{os.pathsep}{path}", console, "--select-class", "SignUpTest")
    assert re.search(r"1 tests successful", said), said


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("go") is None, reason="no Go on this machine")
def test_the_example_for_go_passes(project: Project) -> None:
    helper, example = blocks("go")
    (project.folder / "mailpit").mkdir()
    project.write("go.mod", "module shop\n\ngo 1.20\n")
    project.write("mailpit/mailpit.go", helper)
    shop = (
        'package shop\n\nimport (\n\t"net/smtp"\n\t"net/url"\n\t"os"\n\t"shop/mailpit"\n\t"testing"\n)\n\n'
        "func signUp(address string) {\n\tto := []string{address}\n"
        '\tbody := []byte("Subject: Welcome\\r\\n\\r\\nLINK")\n'
        '\tif err := smtp.SendMail("127.0.0.1:"+os.Getenv("SMTP_PORT"), nil, "a@x.test", to, body); err != nil {\n'
        "\t\tpanic(err)\n\t}\n}\n\nEXAMPLE"
    )
    used = example.replace("\t// GET", "\tif len(id) != 22 {\n\t\tt.Fatal(id)\n\t}\n\t// GET")
    project.write("sign_up_test.go", shop, used)
    assert "ok" in project.run("go", "test", "-count=1", "./...")
