"""What Amazon SES says in a bounce, where no verifier looks."""

from __future__ import annotations

from dataclasses import replace

from mailpit_py.webhooks.providers.ses import bounce
from tests.webhooks.events import failing


def diagnostic(event) -> str:
    return bounce(event)["bouncedRecipients"][0]["diagnosticCode"]


def test_a_servers_reply_is_one_of_smtp():
    assert diagnostic(failing("unknown_user")) == "smtp; 550 5.1.1 <Nobody@dest.example>: no such mailbox here"


def test_what_was_never_tried_is_in_the_words_of_ses_alone():
    never = replace(failing("suppressed"), code=0, status="5.1.1", text="Amazon SES has suppressed sending")
    assert diagnostic(never) == "Amazon SES has suppressed sending"
    assert diagnostic(replace(never, text="", status="")) == "Amazon SES did not try: OnAccountSuppressionList"
