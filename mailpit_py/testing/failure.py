"""What a test is told when mail is not as it should be: every message that came, and why it is not the one."""

from __future__ import annotations

from collections.abc import Sequence

from mailpit_py.checks.wanted import Mismatch
from mailpit_py.errors import MailpitError
from mailpit_py.testing.message import Message
from mailpit_py.testing.source import Refusal


class MailNotReceived(MailpitError, AssertionError):
    """What was waited for did not come, or came when it must not; `seen` has every message that did."""

    def __init__(self, text: str, seen: Sequence[Message] = ()) -> None:
        super().__init__(text)
        self.seen = tuple(seen)


class WouldBlock(MailpitError, RuntimeError):
    """A call that waits was made on the thread of a running event loop, which then could not run."""


class Unsupported(MailpitError, NotImplementedError):
    """The server that is used cannot do this."""


SHOWN = 20  # messages in a failure

Judged = tuple[Message, tuple[Mismatch, ...]]


def explain(head: str, judged: Sequence[Judged], refused: Sequence[Refusal], gone: int) -> str:
    """Say in words what came since the test began; a message without mismatches is a match."""
    lines = [head]
    lines.append(f"{_count(len(judged), 'message')} came since the test began{':' if judged else '.'}")
    if len(judged) > SHOWN:
        lines.append(f"  ... and {len(judged) - SHOWN} before these:")
    for message, mismatches in judged[-SHOWN:]:
        lines.append(f"  {describe(message)}{'' if mismatches else '  <- matches'}")
        lines += [f"      {one}" for one in mismatches]
    for refusal in refused:
        lines.append(f"  refused at {refusal.stage}: {refusal.reply}  (to {', '.join(refusal.recipients) or 'nobody'})")
    if gone:
        lines.append(f"  {_count(gone, 'message')} came and went before anybody could look: deleted, or pruned")
    return "\n".join(lines)


def describe(message: Message) -> str:
    """One message on one line."""
    sender = message.from_[0].address if message.from_ else message.reverse_path or "nobody"
    return f"{message.subject!r} from {sender} to {', '.join(message.recipients) or 'nobody'}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
