"""The server in the test's own process: quick, alone, and gone without a trace."""

from __future__ import annotations

import os
import smtplib
import ssl
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from mailpit_py.errors import ConfigError, StorageError
from mailpit_py.testing import Mailpit
from tests.testing.conftest import mail, send

ROOT = Path(__file__).parents[2]


def test_many_side_by_side_see_their_own_mail_only() -> None:
    with Mailpit() as one, Mailpit() as two, Mailpit() as three:
        for number, view in enumerate((one, two, three)):
            send(view, f"to {number}")
        assert [[m.subject for m in view.messages] for view in (one, two, three)] == [["to 0"], ["to 1"], ["to 2"]]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Mailpit(tls=True) as mp:  # what is imported once
        send(mp)
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with Mailpit(tls=True) as mp:
            send(mp)
            mp.wait_for()
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors
    assert list(tmp_path.iterdir()) == []


def test_all_mail_is_kept() -> None:
    with Mailpit() as mp:
        with mp.smtplib() as client:
            for _ in range(501):  # one more than the sandbox keeps by itself
                client.sendmail("a@x.test", ["b@x.test"], b"\r\n")
        assert len(mp.messages) == 501


def test_starttls_is_offered_with_a_certificate_that_can_be_checked() -> None:
    with Mailpit(starttls="required") as mp, mp.smtplib() as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
            client.sendmail("a@x.test", ["b@x.test"], mail())
        client.starttls(context=ssl.create_default_context(cafile=str(mp.place.ca_path)))
        client.sendmail("a@x.test", ["b@x.test"], mail())
        session = mp.wait_for().session
        assert session
        assert session.tls_version.startswith("TLSv1")


def test_a_password_is_asked_for() -> None:
    with Mailpit(auth=("ann", "secret")) as mp, mp.smtplib() as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            client.sendmail("a@x.test", ["b@x.test"], mail())
        client.login(mp.place.user, mp.place.password)
        client.sendmail("a@x.test", ["b@x.test"], mail())
        session = mp.wait_for().session
        assert session
        assert session.auth_identity == "ann"


def test_options_are_those_of_the_sandbox() -> None:
    with Mailpit(smtp_max_recipients=1) as mp, mp.smtplib() as client:
        refused = client.sendmail("a@x.test", ["b@x.test", "c@x.test"], mail())
    assert list(refused) == ["c@x.test"]
    with pytest.raises(TypeError, match="colour"):
        Mailpit(colour="red").start()
    with pytest.raises(ConfigError):
        Mailpit(listen="nowhere.invalid:0").start()


def test_it_can_be_started_and_stopped_by_hand_and_again() -> None:
    server = Mailpit()
    with pytest.raises(RuntimeError, match="not running"):
        server.view()
    for _ in range(2):
        view = server.start()
        send(view)
        assert view.wait_for().subject == "Hello"
        server.stop()
        server.stop()
    with pytest.raises(StorageError):
        view.wait_for()


@pytest.mark.parametrize(
    "script",
    [
        """
        import unittest
        from mailpit_py.testing import Mailpit

        class SignUp(unittest.TestCase):
            def setUp(self):
                self.mailpit = self.enterContext(Mailpit())

            def test_mail(self):
                with self.mailpit.expect(to="ann@example.com") as caught, self.mailpit.smtplib() as client:
                    client.sendmail("app@x.test", ["ann@example.com"], b"Subject: hi\\r\\n\\r\\n")
                self.assertEqual(caught.message.subject, "hi")

        unittest.main()
        """,
        """
        import asyncio
        from aiosmtplib import send
        from mailpit_py.testing import Mailpit

        async def main():
            with Mailpit() as mailpit:
                await send(b"Subject: hi\\r\\n\\r\\n", sender="a@x.test", recipients=["b@x.test"],
                           hostname=mailpit.smtp_host, port=mailpit.smtp_port)
                assert (await mailpit.await_for(to="b@x.test")).subject == "hi"

        asyncio.run(main())
        """,
    ],
    ids=["unittest", "asyncio"],
)
def test_it_needs_no_pytest(script: str, tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(script))
    done = subprocess.run(
        [sys.executable, "-W", "error", file],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
