"""A bounce processor that polls mailboxes by POP3, as most of them do.

    python mailbox_poller.py localhost 1110
    mailpit-py --pop3 localhost:1110

Its newsletter writes from bounces+<number>@app.example, so the reports come to such addresses: the login
`bounces+*@app.example` sees them all. Complaints come to abuse@app.example. What was read is deleted; in
the sandbox it goes to Trash.
"""

from __future__ import annotations

import email
import poplib
import sys
import time

from bounce_host import read_report
from subscribers import Subscribers

MAILBOXES = ("bounces+*@app.example", "abuse@app.example")
PAUSE_SECONDS = 0.2


def poll(host: str, port: int, mailbox: str, subscribers: Subscribers) -> None:
    """Read all reports that are there, mark whom they are about, and delete them."""
    connection = poplib.POP3(host, port, timeout=30)
    try:
        connection.user(mailbox)
        connection.pass_("of no account")
        count, _ = connection.stat()
        for number in range(1, count + 1):
            _, lines, _ = connection.retr(number)
            subscribers.mark_all(read_report(email.message_from_bytes(b"\r\n".join(lines))))
            connection.dele(number)
        connection.quit()  # not before this is anything deleted
    finally:
        connection.close()


if __name__ == "__main__":
    known = Subscribers()
    while True:
        for name in MAILBOXES:
            poll(sys.argv[1], int(sys.argv[2]), name, known)
        time.sleep(PAUSE_SECONDS)
