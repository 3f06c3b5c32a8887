"""The tries of one mail, joined into a timeline."""

from __future__ import annotations

from typing import Any

import pytest

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.storage import Cause, Store, Timeline, Wanted
from tests.storage.building import NOW, arrival, attempt, keep, raw_message, session

SECOND = 1_000_000
LATER = Reply(450, "4.2.0", "Greylisted, try again")
GREYLIST = Cause("address", "default app@example.org greylist@bounce.test", 1, 1, "greylisted")


def refused(store: Store, seconds: int, *recipients: str, raw: bytes | None = None, **more: Any) -> str:
    """Keep a try that ended `seconds` after the first, and return its public id."""
    to = tuple(Recipient(one, reply=LATER) for one in recipients or ("ann@example.com",))
    transaction = Transaction(session(), Envelope("app@example.org", refused=to))
    values: dict[str, Any] = {"transaction": transaction, "reply": LATER, "at": NOW + seconds * SECOND, "raw": raw}
    made = attempt(**{**values, **more})
    store.refuse(made).result(10)
    return made.public_id


def accepted(store: Store, seconds: int, *recipients: str, message_id: str = "<1@app>", **more: Any) -> str:
    """Keep a message that came `seconds` after the first try, and return its public id."""
    raw = raw_message(Message_ID=message_id) if message_id else raw_message()
    return keep(store, arrival(raw, *recipients, received_at=NOW + seconds * SECOND, **more))[0]


def shown(timeline: Timeline | None) -> list[str]:
    return [one.public_id for one in timeline.tries] if timeline else []


def test_retries_before_the_content_belong_to_the_message_that_follows(store):
    first, second, last = refused(store, 0), refused(store, 30), accepted(store, 90)
    for name in (first, second, last):
        timeline = store.timeline("default", name)
        assert shown(timeline) == [first, second, last]
        assert timeline.joined_by == "message-id"
    assert [one.pause_us for one in timeline.tries] == [None, 30 * SECOND, 60 * SECOND]


def test_tries_with_content_are_joined_by_message_id(store):
    first = refused(store, 0, raw=raw_message("one", Message_ID="<1@app>"), stage="CONTENT")
    other = refused(store, 1, raw=raw_message("two", Message_ID="<2@app>"), stage="CONTENT")
    last = accepted(store, 2)
    assert shown(store.timeline("default", last)) == [first, last]
    assert shown(store.timeline("default", other)) == [other]


def test_without_a_message_id_the_content_joins(store):
    first = refused(store, 0, raw=raw_message(), stage="CONTENT")
    last = accepted(store, 5, message_id="")
    timeline = store.timeline("default", first)
    assert (shown(timeline), timeline.joined_by) == ([first, last], "content")


def test_tries_that_never_had_content_are_joined_by_envelope(store):
    tries = [refused(store, 0), refused(store, 10)]
    refused(store, 11, "somebody.else@example.com")
    timeline = store.timeline("default", tries[0])
    assert (shown(timeline), timeline.joined_by) == (tries, "envelope")


def test_the_next_mail_to_the_same_recipient_begins_a_timeline_of_its_own(store):
    first_mail = [refused(store, 0), accepted(store, 10)]
    second_mail = [refused(store, 20), accepted(store, 30, message_id="<2@app>")]
    assert shown(store.timeline("default", first_mail[1])) == first_mail
    assert shown(store.timeline("default", second_mail[0])) == second_mail


def test_a_recipient_that_is_left_over_is_followed_after_the_others_were_served(store):
    envelope = Envelope(
        "app@example.org", (Recipient("ann@example.com"),), (Recipient("bob@example.com", reply=LATER),)
    )
    first = accepted(store, 0, transaction=Transaction(session(), envelope))
    second, third = refused(store, 60, "bob@example.com"), accepted(store, 120, "bob@example.com")
    assert shown(store.timeline("default", first)) == [first, second, third]


@pytest.mark.parametrize("message_id", ["", "<1@app>"])
def test_a_mail_refused_in_part_is_no_retry_of_another_to_the_recipient_that_was_refused(store, message_id):
    earlier = refused(store, 0, "bob@example.com")
    envelope = Envelope(
        "app@example.org", (Recipient("ann@example.com"),), (Recipient("bob@example.com", reply=LATER),)
    )
    mail = accepted(store, 1, message_id=message_id, transaction=Transaction(session(), envelope))
    assert shown(store.timeline("default", mail)) == [mail]
    assert shown(store.timeline("default", earlier)) == [earlier]


def test_a_mail_refused_in_part_does_not_come_between_another_and_its_retry(store):
    first = refused(store, 0, "bob@example.com")
    envelope = Envelope(
        "app@example.org", (Recipient("ann@example.com"),), (Recipient("bob@example.com", reply=LATER),)
    )
    accepted(store, 1, transaction=Transaction(session(), envelope))
    last = accepted(store, 2, "bob@example.com", message_id="<2@app>")
    assert shown(store.timeline("default", last)) == [first, last]
    assert shown(store.timeline("default", first)) == [first, last]


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_try_before_the_content_belongs_to_the_mail_before_it_that_was_refused_to_its_recipient(store, is_whole):
    envelope = Envelope(
        "app@example.org", (Recipient("ann@example.com"),), (Recipient("Bob@example.com", reply=LATER),)
    )
    refused(store, 0, "bob@example.com", raw=raw_message(Message_ID="<0@app>"), stage="CONTENT")
    if is_whole:
        mail = refused(store, 1, "bob@example.com", raw=raw_message(Message_ID="<1@app>"), stage="CONTENT")
    else:
        mail = accepted(store, 1, transaction=Transaction(session(), envelope))
    accepted(store, 2, "joe@example.com", message_id="<2@app>")
    tries = [mail, refused(store, 3, "bob@example.com"), refused(store, 4, "bob@example.com")]
    for name in tries:
        timeline = store.timeline("default", name)
        assert (shown(timeline), timeline.joined_by) == (tries, "message-id")


def test_a_try_to_a_recipient_that_was_served_last_time_stands_alone(store):
    accepted(store, 0)
    last = refused(store, 1)
    assert shown(store.timeline("default", last)) == [last]


def test_a_client_that_gave_up_at_its_first_recipient_is_followed_to_all_of_them(store):
    first, last = refused(store, 0), accepted(store, 1, "ann@example.com", "bob@example.com")
    assert shown(store.timeline("default", last)) == [first, last]


def test_recipients_are_compared_in_any_case_and_reverse_paths_exactly(store):
    first, last = refused(store, 0, "Ann@Example.com"), accepted(store, 1)
    other = Transaction(session(), Envelope("other@example.org", refused=(Recipient("ann@example.com", reply=LATER),)))
    store.refuse(attempt(transaction=other)).result(10)
    assert shown(store.timeline("default", last)) == [first, last]


def test_each_try_says_what_was_answered_and_why(store):
    first = refused(store, 0, cause=GREYLIST, causes=(GREYLIST,))
    last = accepted(store, 1, causes=(Cause("rule", "slow", 2, 7, "rule slow acts"),))
    refusal, acceptance = store.timeline("default", first).tries
    assert (refusal.stage, refusal.reply, refusal.cause) == ("RCPT", LATER, GREYLIST)
    assert [(one.address, one.accepted, one.reply, one.cause) for one in refusal.recipients] == [
        ("ann@example.com", False, LATER, GREYLIST)
    ]
    assert (acceptance.kind, acceptance.reply.code, acceptance.recipients[0].cause.rule) == ("message", 250, "slow")
    assert store.message("default", last).causes[0].seed == 7
    assert store.attempt("default", first).causes == (GREYLIST,)


def test_there_is_no_timeline_of_what_is_not_there(store):
    assert store.timeline("default", "nothing") is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["third", "second", "first"]),
        (Wanted(recipient="BOB@example.com"), ["second"]),
        (Wanted(rule="slow"), ["third"]),
        (Wanted(trigger="address"), ["first"]),
        (Wanted(rule="slow", recipient="bob@example.com"), []),
    ],
)
def test_attempts_are_listed_by_recipient_rule_and_trigger(store, wanted, expected):
    refused(store, 0, public_id="first", causes=(GREYLIST,))
    refused(store, 1, "bob@example.com", public_id="second")
    refused(store, 2, public_id="third", cause=Cause("rule", "slow", 1, 1, ""))
    page = store.attempts("default", wanted)
    assert [one.public_id for one in page.items] == expected


def test_attempts_come_in_pages(store):
    names = [refused(store, number, public_id=f"try-{number}") for number in range(5)]
    seen, before = [], None
    while True:
        page = store.attempts("default", Wanted(), before=before, limit=2)
        seen += [one.public_id for one in page.items]
        if (before := page.next) is None:
            break
    assert seen == names[::-1]
