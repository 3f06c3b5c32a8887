"""The pytest plugin as a project uses it: alone, in parallel, with a running server, beside a project's own names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailpit_py.testing import Mailpit
from tests.api.serving import listen

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SEND = """
import smtplib

def send(view, subject="Hello", to="ann@example.com", text="Hi"):
    with smtplib.SMTP(view.smtp_host, view.smtp_port, timeout=10) as client:
        client.sendmail("app@acme.test", [to], f"Subject: {subject}\\r\\n\\r\\n{text}\\r\\n")
"""


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported() -> None:
    """A run inside this process takes back its imports, and some libraries can be imported but once."""
    with Mailpit(auth=("ann", "secret"), starttls="required") as mp, mp.smtplib() as client:
        client.starttls()
        client.login("ann", "secret")
        client.sendmail("a@x.test", ["b@x.test"], b"Content-Type: text/html\r\n\r\n<a href='http://x'>x</a>")
        message = mp.wait_for()
        assert (message.link(), len(message.select("a"))) == ("http://x", 1)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with nothing but our plugin, and a module that sends mail."""
    for name in (
        "PYTEST_XDIST_WORKER",
        "PYTEST_XDIST_WORKER_COUNT",
        "PYTEST_XDIST_TESTRUNUID",
        "PYTEST_ADDOPTS",
        "DJANGO_SETTINGS_MODULE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(pytester.path)]))
    pytester.makepyfile(sending=SEND)
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider\n")
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run the project's tests in this process: everything is imported already."""
    return project.runpytest_inprocess("-p", "no:randomly", "-p", "no:cov", *words)


def run_parallel(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run them in two workers of pytest-xdist."""
    return project.runpytest_subprocess("-n", "2", *words, timeout=300)


def test_each_test_begins_empty_with_the_server_that_it_asks_for(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import os
        import pytest
        from sending import send

        @pytest.mark.parametrize("number", range(6))
        def test_mail(mailpit, number):
            assert mailpit.messages == ()
            send(mailpit, f"Welcome {number}")
            assert mailpit.wait_for(to="ann@example.com").subject == f"Welcome {number}"

        def test_one_server_for_all(mailpit, mailpit_server, mailpit_factory):
            assert mailpit_server.view().smtp_port == mailpit.smtp_port
            other = mailpit_factory(smtp_max_recipients=1)
            assert other.smtp_port != mailpit.smtp_port
            send(other)
            other.wait_for()
            mailpit.expect_none(within=0)

        @pytest.mark.mailpit(auth=("ann", "secret"), starttls="required", timeout=7)
        def test_marker(mailpit, mailpit_server):
            assert (mailpit.place.user, mailpit.timeout) == ("ann", 7)
            assert mailpit.smtp_port != mailpit_server.view().smtp_port

        @pytest.mark.mailpit(timeout=3)
        def test_marker_with_time_alone(mailpit, mailpit_server):
            assert mailpit.timeout == 3
            assert mailpit.smtp_port == mailpit_server.view().smtp_port
        """
    )
    run(project, "--strict-markers", "-W", "error").assert_outcomes(passed=9)


def test_the_time_to_wait_is_a_setting(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmailpit_timeout = 0.25\n")
    project.makepyfile(
        """
        def test_time(mailpit, mailpit_factory):
            assert (mailpit.timeout, mailpit_factory().timeout) == (0.25, 0.25)
        """
    )
    run(project).assert_outcomes(passed=1)


def test_a_failed_test_shows_and_keeps_its_mail(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_bad(mailpit):
            send(mailpit, "Invoice 12", text="Pay soon")
            mailpit.wait_for(subject="Welcome", timeout=0)

        def test_good(mailpit):
            send(mailpit, "fine")
        """
    )
    result = run(project, "--mailpit-artifacts", "kept")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*MailNotReceived: no message came within 0 s: subject 'Welcome'",
            "*'Invoice 12' from app@acme.test to ann@example.com",
            "*subject: 'Welcome' is not in 'Invoice 12'",
            "*mail of this test*",
            "'Invoice 12' from app@acme.test to ann@example.com  http://*/messages/*",
            "*mail 'Invoice 12'*",
            "C: *",
            "Pay soon",
        ]
    )
    (folder,) = (project.path / "kept").iterdir()
    assert folder.name.endswith("test_bad")
    assert sorted(file.name for file in folder.iterdir()) == ["01-Invoice-12.eml", "01-Invoice-12.txt"]
    assert b"Pay soon" in (folder / "01-Invoice-12.eml").read_bytes()


@pytest.mark.timeout(400)
def test_a_failure_is_shown_where_the_test_asks_and_not_where_we_find_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_bad(mailpit):
            mailpit.wait_for(timeout=0)
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(["*mailpit.wait_for(timeout=0)", "E *MailNotReceived: no message came within 0 s*"])
    result.stdout.no_fnmatch_line("*view.py*")
    run(project, "--full-trace").stdout.fnmatch_lines(["*view.py*"])


def test_a_running_server_is_used_by_every_worker(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.parametrize("number", range(8))
        def test_mail(mailpit, number):
            address = mailpit.address("ann")
            send(mailpit, f"Welcome {number}", address)
            assert [one.subject for one in mailpit.wait_for_all(1, settle=0)] == [f"Welcome {number}"]
        """
    )
    server = Mailpit()
    view = server.start()
    try:
        run_parallel(project, "--mailpit-url", view.url).assert_outcomes(passed=8)
        assert [one.name for one in server.node.sandbox.inboxes.all] == ["default"]
        assert view.messages == ()
    finally:
        server.stop()


@pytest.mark.timeout(400)
def test_on_a_running_server_each_worker_has_an_inbox_that_is_known_before_settings_load(
    project: pytest.Pytester,
) -> None:
    project.makeini("[pytest]\nmailpit_env = true\n")
    project.makeconftest("import os\n\nLOGIN = os.environ['EMAIL_HOST_USER'], os.environ['EMAIL_HOST_PASSWORD']\n")
    project.makepyfile(
        """
        import os
        import smtplib

        import pytest
        from conftest import LOGIN

        @pytest.mark.parametrize("number", range(4))
        def test_mail(mailpit, number):
            with smtplib.SMTP(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"])) as client:
                client.login(*LOGIN)
                client.sendmail("a@x.test", ["ann@x.test"], f"Subject: {number}")
            assert [one.subject for one in mailpit.wait_for_all(1)] == [str(number)]
        """
    )
    server = Mailpit()
    view = server.start()
    try:
        run_parallel(project, "--mailpit-url", view.url).assert_outcomes(passed=4)
        assert view.messages == ()
        assert [one.name for one in server.node.sandbox.inboxes.all] == ["default"]
    finally:
        server.stop()


@pytest.mark.timeout(400)
def test_each_worker_has_a_server_of_its_own_whose_port_is_known_before_settings_load(project: pytest.Pytester) -> None:
    with listen() as bound:
        base = bound.getsockname()[1]
    project.makeini("[pytest]\nmailpit_env = EMAIL_HOST EMAIL_PORT\n")
    project.makeconftest("import os\nPORT = int(os.environ['EMAIL_PORT'])\n")
    project.makepyfile(
        f"""
        import os
        import conftest
        import pytest
        from sending import send

        @pytest.mark.parametrize("turn", range(6))
        def test_port(mailpit, turn):
            assert mailpit.messages == ()
            send(mailpit, f"Welcome {{turn}}")
            assert [one.subject for one in mailpit.wait_for_all(1)] == [f"Welcome {{turn}}"]
            number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
            assert mailpit.smtp_port == conftest.PORT == {base} + number
            assert "SMTP_PORT" not in os.environ
        """
    )
    run(project, "--mailpit-port", str(base)).assert_outcomes(passed=6)
    assert "EMAIL_PORT" not in os.environ
    run_parallel(project, f"--mailpit-port={base}").assert_outcomes(passed=6)


def test_a_project_s_own_options_and_fixtures_are_not_broken(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import pytest

        def pytest_addoption(parser):
            parser.addoption("--mailpit-url", default="mine")
            parser.addini("mailpit_timeout", "theirs", default="12")

        @pytest.fixture
        def mailpit(request):
            return request.config.getoption("--mailpit-url")
        """
    )
    project.makepyfile(
        """
        def test_theirs(mailpit):
            assert mailpit == "theirs"

        def test_ours(mailpit_server):
            assert mailpit_server.view().messages == ()
        """
    )
    run(project, "--mailpit-url=theirs", "--mailpit-artifacts=kept").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mailpit-port=imap",), "--mailpit-port: write the number of a port, not 'imap'"),
        (("-o", "mailpit_timeout=5s"), "mailpit_timeout: write seconds, as in 30, not '5s'"),
        (
            ("-o", "mailpit_env=EMAIL_HOTS"),
            "mailpit_env: there is no EMAIL_HOTS; there are MAILPIT_URL, *EMAIL_HOST*",
        ),
        (("-k", "page"), "mailpit_page needs pytest-playwright, or a fixture `page` as it has"),
        (("-k", "marked"), "the sandbox has no option colour; `mailpit-py --help` lists them"),
    ],
)
def test_what_cannot_be_used_is_told(project: pytest.Pytester, words: tuple[str, ...], told: str) -> None:
    project.makepyfile(
        """
        import pytest

        def test_mail(mailpit): pass
        def test_page(mailpit_page): pass

        @pytest.mark.mailpit(colour="red")
        def test_marked(mailpit): pass
        """
    )
    result = run(project, *words)
    assert result.ret != 0
    fnmatch_lines = result.stderr.fnmatch_lines if "mailpit_env" in told else result.stdout.fnmatch_lines
    fnmatch_lines([f"*{told}*"])


def test_it_can_be_left_out(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(mailpit): pass")
    result = run(project, "-p", "no:mailpit")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'mailpit' not found*"])


def test_help_and_markers_name_what_there_is(project: pytest.Pytester) -> None:
    run(project, "--help").stdout.fnmatch_lines_random(
        ["*--mailpit-url*", "*--mailpit-artifacts*", "*--mailpit-port*", "*mailpit_timeout*", "*mailpit_autouse*"]
    )
    run(project, "--markers").stdout.fnmatch_lines(["@pytest.mark.mailpit(*"])


def test_a_suite_without_mail_pays_nothing(project: pytest.Pytester) -> None:
    """The plugin is imported by every pytest of the environment."""
    project.makepyfile(
        """
        import sys

        def test_imports():
            loaded = [name for name in sys.modules if name.startswith("mailpit_py.")]
            assert sorted(loaded) == ["mailpit_py.testing", "mailpit_py.testing.plugin"]
        """
    )
    project.runpytest_subprocess(timeout=300).assert_outcomes(passed=1)


def test_our_own_modules_are_imported_as_they_are_written(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import importlib.machinery
        import sys

        def test_loaders(mailpit):
            before = {"mailpit_py.testing", "mailpit_py.testing.plugin"}  # pytest has these when it begins
            ours = [one for name, one in sys.modules.items() if name.startswith("mailpit_py.") and name not in before]
            assert len(ours) > 50
            assert {type(one.__loader__) for one in ours} == {importlib.machinery.SourceFileLoader}
        """
    )
    project.runpytest_subprocess("-p", "no:cov", timeout=120).assert_outcomes(passed=1)


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_the_page_shows_a_message_in_the_test_s_browser(project: pytest.Pytester) -> None:
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("no chromium on this machine")
    project.makeconftest(
        """
        import pytest
        from playwright.sync_api import sync_playwright

        @pytest.fixture
        def page():
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                yield browser.new_page()
                browser.close()
        """
    )
    project.makepyfile(
        """
        from sending import send

        def test_page(mailpit, mailpit_page):
            send(mailpit, "Welcome, Ann")
            page = mailpit_page(mailpit.wait_for())  # waits although Playwright keeps a loop on this thread
            assert page.url.endswith(mailpit.messages[0].id)
            page.get_by_text("Welcome, Ann").first.wait_for()
            raise AssertionError("fails on purpose")
        """
    )
    result = project.runpytest_subprocess("--mailpit-artifacts=kept", timeout=300)
    result.stdout.fnmatch_lines(["*AssertionError: fails on purpose"])
    assert (next((project.path / "kept").iterdir()) / "page.png").stat().st_size > 1000
