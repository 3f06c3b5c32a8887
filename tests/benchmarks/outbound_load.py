"""How fast what is due leaves: the same mails bounce, with nothing to send, by SMTP, and by webhooks."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from mailpit_py.application.sinkbook import SinkSettings
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.storage import SinkKind

HOUR = 3_600_000_000
MAIL = (
    b"From: a@app.example\r\nTo: b@x.test\r\nSubject: news\r\nMessage-ID: <%d@x>\r\n\r\n"
    + b"hello world " * 100
    + b"\r\n"
)
FORMS = ("nothing", "smtp", "standard", "ses", "sendgrid")


@dataclass(frozen=True)
class Load:
    """What one run took: until the reports were made, until the last had left, and CPU of the sandbox, in seconds."""

    made: float
    left: float
    cpu: float


def measure(count: int) -> dict[str, Load]:
    """Let so many mails bounce at one moment, once for each way out."""
    return {form: _run(form, count) for form in FORMS}


def _run(form: str, count: int) -> Load:
    command = [sys.executable, str(Path(__file__).with_name("receiver.py")), str(count)]
    with (
        subprocess.Popen(command, stdout=-1, text=True) as receiver,
        # max=0: nothing is pruned; retry_scale=0: a try that fails is repeated at once
        Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", max=0, retry_scale="0")) as node,
    ):
        assert receiver.stdout is not None
        smtp_port, http_port = receiver.stdout.readline().split()
        if form == "smtp":
            _add(node, SinkKind.SMTP, f"127.0.0.1:{smtp_port}")
        elif form != "nothing":
            _add(node, SinkKind.WEBHOOK, f"http://127.0.0.1:{http_port}/", form)
        with smtplib.SMTP("127.0.0.1", node.smtp_port) as client:
            for number in range(count):
                client.sendmail(f"b{number}@app.example", ["ndr+unknown_user+1h@bounce.test"], MAIL % number)
        started, cpu = time.time(), time.process_time()
        node.sandbox.scheduler.advance("default", microseconds=2 * HOUR)
        made = time.time() - started
        left = float(receiver.stdout.readline()) - started if form != "nothing" else made
        receiver.kill()
        return Load(made, left, time.process_time() - cpu)


def _add(node: Node, kind: SinkKind, target: str, provider: str = "") -> None:
    settings = SinkSettings(kind=kind, target=target, provider=provider, events=("bounced",), confirmed=True)
    node.sandbox.sinks.add("default", settings)
