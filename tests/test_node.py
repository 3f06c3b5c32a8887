import contextlib
import http.client
import imaplib
import os
import poplib
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.node import Node
from tests.process import checkout

FREE = {"smtp": "localhost:0", "listen": "localhost:0"}
MAIL = b"Subject: hello\r\n\r\nbody\r\n"


def send(port, host="127.0.0.1", to=("ann@x.test",)):
    with smtplib.SMTP(host, port, timeout=10) as client:
        client.sendmail("app@x.test", list(to), MAIL)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.status, response.read()


def test_mail_sent_to_a_node_is_in_its_list():
    with Node(Config(**FREE)) as node:
        send(node.smtp_port)
        assert b'"subject":"hello"' in get(f"{node.url}api/v2/messages")[1]


def test_both_loopback_addresses_answer_on_the_same_port():
    with Node(Config(**FREE)) as node:
        for host in ("127.0.0.1", "::1"):
            send(node.smtp_port, host)
            assert get(f"http://{'[::1]' if ':' in host else host}:{node.ports['listen']}/livez")[0] == 200


def test_two_nodes_in_one_process_do_not_see_each_other():
    with Node(Config(**FREE)) as one, Node(Config(**FREE)) as other:
        send(one.smtp_port)
        assert (one.store.counts().total, other.store.counts().total) == (1, 0)


def test_twenty_starts_and_stops_leave_no_threads_and_no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Node(Config(**FREE)):
        pass  # what is imported once
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with Node(Config(**FREE)) as node:
            send(node.smtp_port)
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors
    assert list(tmp_path.iterdir()) == []


def test_stopping_twice_is_harmless():
    node = Node(Config(**FREE))
    node.start()
    node.stop()
    node.stop()


def test_a_taken_port_is_told_at_once_and_leaves_nothing_open():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = Node(Config(smtp=f"127.0.0.1:{port}", listen="127.0.0.1:0"))
        with pytest.raises(ConfigError, match="another program has this port"):
            node.start()
    assert not [thread for thread in threading.enumerate() if thread.name in ("loop", "http")]


def test_mail_kept_in_a_file_is_there_after_a_restart(tmp_path):
    config = Config(**FREE, database=str(tmp_path / "mail.db"))
    with Node(config) as node:
        send(node.smtp_port)
    with Node(config) as node:
        assert node.store.counts().total == 1


def test_every_listener_takes_mail(tmp_path):
    config = Config(
        **FREE, smtps="127.0.0.1:0", lmtp=f"unix:{tmp_path}/lmtp.sock", smtp_tls_cert="auto", database=str(tmp_path)
    )
    with Node(config) as node:
        with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=10) as client:
            client.starttls()
            client.sendmail("app@x.test", ["ann@x.test"], MAIL)
        with smtplib.SMTP_SSL("127.0.0.1", node.ports["smtps"], timeout=10) as client:
            client.sendmail("app@x.test", ["ann@x.test"], MAIL)
        with smtplib.LMTP(f"{tmp_path}/lmtp.sock") as client:
            client.sendmail("app@x.test", ["ann@x.test"], MAIL)
        assert node.store.counts().total == 3
        assert any("mailpit-py-ca.pem" in line for line in node.announcements())


def test_the_page_speaks_tls_when_it_has_a_certificate(tmp_path):
    with Node(Config(**FREE, ui_tls_cert="auto", database=str(tmp_path))) as node:
        assert node.url.startswith("https://localhost:")
        import ssl

        context = ssl.create_default_context(cafile=str(tmp_path / "mailpit-py-ca.pem"))
        connection = http.client.HTTPSConnection("localhost", node.ports["listen"], context=context, timeout=10)
        connection.request("GET", "/livez")
        assert connection.getresponse().status == 200
        connection.close()


def test_accounts_of_a_variable_are_asked_for():
    config = Config(**FREE, smtp_auth="ann:secret")
    with Node(config) as node, smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=10) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            client.sendmail("app@x.test", ["ann@x.test"], MAIL)
        client.login("ann", "secret")
        client.sendmail("app@x.test", ["ann@x.test"], MAIL)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "only this machine can connect"),
        ({"listen": "0.0.0.0:0"}, "warning: other machines can read all mail"),
        ({"listen": "0.0.0.0:0", "ui_auth": "ann:x"}, "asks for a password"),
        ({"smtp_require_auth": True}, "AUTH required, any name and password"),
        ({"smtp_auth": "ann:x"}, "AUTH required"),
        ({"smtp_auth_accept_any": False}, "no AUTH"),
        ({"label": "blue"}, "(blue)"),
    ],
)
def test_the_start_lines_say_who_can_connect_and_how(config, words):
    with Node(Config(**(FREE | config))) as node:
        text = "\n".join(node.announcements())
    assert words in text


@contextlib.contextmanager
def process(*args, **env):
    started = subprocess.Popen(
        [sys.executable, "-m", "mailpit_py", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env={key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | env,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_listens_and_ends_cleanly(number, tmp_path):
    with process("--smtp", "localhost:0", "--listen", "localhost:0", TMPDIR=str(tmp_path)) as started:
        lines = []
        for line in started.stdout:
            lines.append(line)
            if "accessible via" in line:
                break
        assert lines[-1].startswith("[http] accessible via http://localhost:")
        assert get(lines[-1].split()[-1] + "readyz")[0] == 200
        assert "\x1b" not in "".join(lines)
        started.send_signal(number)
        assert started.wait(10) == 0
        assert started.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the threads of a process are not told here")
def test_a_signal_that_the_system_gives_to_another_thread_ends_it(tmp_path):
    with checkout(tmp_path) as running:
        first, *_, last = sorted(map(int, os.listdir(f"/proc/{running.process.pid}/task")))
        assert first == running.process.pid  # the main thread
        os.kill(last, signal.SIGTERM)
        assert running.process.wait(10) == 0


def test_a_foreign_database_is_refused_in_one_line(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, and not a database at all\n" * 50)
    with process("--smtp", "localhost:0", "--listen", "localhost:0", "--database", str(file)) as started:
        assert started.wait(20) == 1
        error = started.stderr.read()
    assert error.startswith("Error: ")
    assert len(error.splitlines()) == 1
    assert "notes.txt" in error


def test_readyz_answers_with_its_exit_code():
    with Node(Config(**FREE)) as node:
        command = [sys.executable, "-m", "mailpit_py", "readyz", "--listen"]
        up = subprocess.run([*command, f"localhost:{node.ports['listen']}"], check=False, capture_output=True)
        assert up.returncode == 0, up.stderr
        before = [sys.executable, "-m", "mailpit_py", "--listen", f"localhost:{node.ports['listen']}", "readyz"]
        assert subprocess.run(before, check=False, capture_output=True).returncode == 0
    down = subprocess.run([*command, f"localhost:{node.ports['listen']}"], check=False, capture_output=True, text=True)
    assert down.returncode == 1
    assert "is not ready" in down.stderr


def test_sandbox_time_stands_still_where_the_option_says_at_each_start(tmp_path):
    config = Config(**FREE, database=str(tmp_path / "mail.db"), freeze_clock="2026-11-23T13:00:00+01:00")
    noon = 1_795_435_200_000_000
    for _ in range(2):
        with Node(config) as node:
            assert node.sandbox.clock.sandbox() == noon
            node.sandbox.clock.move("default", noon + 5)
            assert node.sandbox.clock.sandbox() == noon + 5


def test_an_instant_that_no_clock_can_show_is_a_configuration_error():
    with (
        pytest.raises(ConfigError, match="--freeze-clock: that is more than a hundred years away"),
        Node(Config(**FREE, freeze_clock="1815-06-18T12:00:00Z")),
    ):
        pass


def test_a_node_is_read_by_pop3_and_keeps_what_is_deleted():
    options = {"pop3": "127.0.0.1:0", "pop3_auth": "ann@x.test:secret", "pop3_tls_cert": "auto", "label": "QA"}
    with Node(Config(**FREE, **options)) as node:
        send(node.smtp_port)
        port = node.ports["pop3"]
        assert f"[pop3] listening on 127.0.0.1:{port} (TLS from the first byte, login required)" in node.announcements()
        client = poplib.POP3_SSL("127.0.0.1", port, timeout=30)
        assert client.getwelcome() == b"+OK mailpit-py (QA) POP3 server"
        client.user("ann@x.test")
        client.pass_("secret")
        assert client.stat()[0] == 1
        client.dele(1)
        client.quit()
        assert (node.store.counts().total, node.store.count(mailbox="Trash")) == (0, 1)


def test_a_node_is_read_by_imap():
    options = {"imap": "127.0.0.1:0", "imap_auth": "ann@x.test:secret", "imap_tls_cert": "auto", "label": "QA"}
    with Node(Config(**FREE, **options, imap_starttls=True)) as node:
        send(node.smtp_port)
        port = node.ports["imap"]
        assert f"[imap] listening on 127.0.0.1:{port} (STARTTLS offered, login required)" in node.announcements()
        with imaplib.IMAP4("127.0.0.1", port, timeout=30) as client:
            assert client.welcome.endswith(b"mailpit-py (QA) IMAP server")
            client.login("ann@x.test", "secret")
            assert client.select() == ("OK", [b"1"])


@pytest.mark.parametrize("own", [{}, {"imap_auth": "ann:own"}])
def test_the_password_of_the_page_guards_imap_unless_it_has_accounts_of_its_own(own):
    with Node(Config(**FREE, imap="127.0.0.1:0", ui_auth="ann:page", **own)) as node:
        assert "login required" in next(line for line in node.announcements() if line.startswith("[imap]"))
        with imaplib.IMAP4("127.0.0.1", node.ports["imap"], timeout=30) as client:
            with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
                client.login("ann", "page" if own else "own")
            client.login("ann", "own" if own else "page")


def test_neither_pop3_nor_imap_is_even_loaded_without_being_asked_for():
    code = "import sys; from mailpit_py.node import Node; from mailpit_py.config import Config\n"
    code += (
        f"with Node(Config(**{FREE!r})): print([one for one in sys.modules if 'servers.pop3' in one or 'imap' in one])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_thread_alone_loads_the_web_application():
    """With the numbers at an address of their own there are two that need it."""
    code = (
        "import sys, threading\n"
        "from mailpit_py.config import Config\n"
        "from mailpit_py.node import Node\n"
        "class Watch:\n"
        "    threads = set()\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('mailpit_py.api'):\n"
        "            self.threads.add(threading.get_ident())\n"
        "sys.meta_path.insert(0, Watch())\n"
        "with Node(Config(smtp='127.0.0.1:0', listen='127.0.0.1:0', enable_prometheus='127.0.0.1:0')):\n"
        "    pass\n"
        "print(len(Watch.threads))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")
