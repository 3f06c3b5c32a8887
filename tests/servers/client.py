"""What the tests of POP3 and IMAP with real clients share: the corpus, and running a client on its own settings."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mailpit_py.mail.wire import with_crlf

CORPUS = sorted((Path(__file__).parents[1] / "messages").glob("*.eml"))
HOSTILE = [
    b"Subject: bare\n\n.\n..\nlast",
    b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n\r\n",
    b"Subject: no body\r\n",
    b"\r\n\r\nno header\r\n",
    b"Subject: nul\r\n\r\na\0b\xff\xfe\r\n",
    "Subject: grüße\r\nFrom: ä@ö.test\r\n\r\nüber\r\n".encode(),
]


def environment(folder: Path) -> dict[str, str]:
    """The variables of a client whose home is `folder`."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "FETCHMAILHOME": str(folder), "LC_ALL": "C.UTF-8"}


def program(name: str) -> str:
    """The path of a program; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


def run(*command: str | int | Path, folder: Path) -> str:
    """Run a client that has to succeed; return what it says."""
    words = [program(str(command[0])), *map(str, command[1:])]
    done = subprocess.run(
        words, cwd=folder, env=environment(folder), stdin=-3, stdout=-1, stderr=-2, timeout=90, check=False
    )
    output = done.stdout.decode("latin-1")
    assert done.returncode == 0, output
    return output


def private(path: Path, text: str) -> Path:
    """A file that its owner alone can read, as these clients ask for."""
    path.touch(0o600)
    path.write_text(text)
    return path


def fetchmail(protocol: str, port: int, folder: Path) -> bytes:
    """Let fetchmail take everything and delete it; return what it hands on."""
    settings = private(
        folder / "fetchmailrc",
        f'poll 127.0.0.1 protocol {protocol} port {port} no envelope\n  user "bounces" password "x" sslproto ""\n'
        f'  mda "cat >> {folder}/out"\n',
    )
    run("fetchmail", "-f", settings, "--nosyslog", "--fetchall", folder=folder)
    return (folder / "out").read_bytes()


def getmail(retriever: str, port: int, folder: Path) -> int:
    """Let getmail take what it has not yet, twice; return how many messages it has then."""
    (folder / "inbox").mkdir()
    private(  # by a program, since it puts nothing into a Maildir as root
        folder / "getmailrc",
        f"[retriever]\ntype = {retriever}\nserver = 127.0.0.1\nport = {port}\nusername = ann\n"
        "password = x\n[destination]\ntype = MDA_external\npath = /bin/sh\nallow_root_commands = true\n"
        f'arguments = ("-c", "cat > $(mktemp {folder}/inbox/XXXXXX)")\n'
        "[options]\ndelete = false\nread_all = false\ndelivered_to = false\nreceived = false\n",
    )
    for _ in range(2):
        run("getmail", "--getmaildir", folder, folder=folder)
    return len(list((folder / "inbox").iterdir()))


def is_handed_on(raw: bytes, out: bytes) -> bool:
    """True if the body of a message is in what a client handed on, with LF at the end of each line."""
    return with_crlf(raw).replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip() in out
