"""A bounce processor that polls mailboxes by POP3 or IMAP, as most of them do.

    python mailbox_poller.py pop3 localhost 1110
    python mailbox_poller.py imap localhost 1143
    mailpit-py --pop3 localhost:1110 --imap localhost:1143

Its newsletter writes from bounces+<number>@app.example, so the reports come to such addresses: the login
`bounces+*@app.example` sees them all. Complaints come to abuse@app.example. What was read is deleted; in
the sandbox it goes to Trash.
"""

from __future__ import annotations

import email
import imaplib
import poplib
import sys
import time

from bounce_host import read_report
from subscribers import Subscribers

MAILBOXES = ("bounces+*@app.example", "abuse@app.example")
PASSWORD = "of no account"
PAUSE_SECONDS = 0.2


def poll_by_pop3(host: str, port: int, mailbox: str, subscribers: Subscribers) -> None:
    """Read all reports that are there, mark whom they are about, and delete them."""
    connection = poplib.POP3(host, port, timeout=30)
    try:
        connection.user(mailbox)
        connection.pass_(PASSWORD)
        count, _ = connection.stat()
        for number in range(1, count + 1):
            _, lines, _ = connection.retr(number)
            subscribers.mark_all(read_report(email.message_from_bytes(b"\r\n".join(lines))))
            connection.dele(number)
        connection.quit()  # not before this is anything deleted
    finally:
        connection.close()


def poll_by_imap(host: str, port: int, mailbox: str, subscribers: Subscribers) -> None:
    """Do the same by IMAP."""
    with imaplib.IMAP4(host, port, timeout=30) as connection:
        connection.login(f'"{mailbox}"', PASSWORD)  # imaplib quotes the password alone, and `*` needs it
        connection.select("INBOX")
        _, (numbers,) = connection.search(None, "UNDELETED")
        for number in numbers.decode().split():
            _, answer = connection.fetch(number, "(BODY.PEEK[])")
            subscribers.mark_all(read_report(email.message_from_bytes(answer[0][1])))
            connection.store(number, "+FLAGS", r"(\Deleted)")
        connection.expunge()


POLL = {"pop3": poll_by_pop3, "imap": poll_by_imap}

if __name__ == "__main__":
    known = Subscribers()
    while True:
        for name in MAILBOXES:
            POLL[sys.argv[1]](sys.argv[2], int(sys.argv[3]), name, known)
        time.sleep(PAUSE_SECONDS)
