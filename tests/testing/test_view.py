"""Waiting for mail in a test: what is seen, what is waited for, what a failure says; on every kind of server."""

from __future__ import annotations

import asyncio
import re
import smtplib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailpit_py.errors import MailpitError
from mailpit_py.testing import MailNotReceived, Mailpit, Unsupported, View, WouldBlock
from tests.testing.conftest import send


def test_mail_that_came_before_the_view_is_not_seen(local: Mailpit) -> None:
    send(local.view(), "before")
    assert local.view().messages == ()


def test_mail_that_is_there_already_is_given_at_once(view: View) -> None:
    send(view, "Welcome", "ann@example.com", "eve@example.com")
    message = view.wait_for(to="ann@example.com", subject=re.compile("^Wel"))
    assert message.subject == "Welcome"
    assert set(message.recipients) == {"ann@example.com", "eve@example.com"}


def test_a_wait_ends_when_the_message_is_stored(view: View) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(view.wait_for, subject="late")
        send(view, "early")
        send(view, "late")
        assert waiting.result(30).subject == "late"


def test_the_oldest_match_is_given_and_not_consumed(view: View) -> None:
    for subject in ("code 1", "other", "code 2"):
        send(view, subject)
    first = view.wait_for(subject="code")
    assert first.subject == "code 1"
    assert view.wait_for(subject="code").id == first.id
    assert view.wait_for(subject="code", after=first).subject == "code 2"


def test_two_views_do_not_disturb_each_other(local: Mailpit) -> None:
    one = local.view(timeout=20)
    send(one, "first")
    other = local.view(timeout=20)
    send(other, "second")
    assert [message.subject for message in one.messages] == ["first", "second"]
    assert [message.subject for message in other.messages] == ["second"]


def test_nothing_is_marked_as_read(local: Mailpit) -> None:
    view = local.view(timeout=20)
    unread = local.node.store.counts().unread
    send(view)
    assert view.wait_for(text="Hi Ann").text
    assert local.node.store.counts().unread == unread + 1


def test_a_time_out_lists_each_message_and_why_it_is_not_the_one(view: View) -> None:
    send(view, "Invoice 12", "bob@example.com")
    with pytest.raises(MailNotReceived) as caught:
        view.wait_for(to="ann@elsewhere.test", subject="Welcome", timeout=0)
    lines = str(caught.value).splitlines()
    assert lines[:3] == [
        "no message came within 0 s: to 'ann@elsewhere.test', subject 'Welcome'",
        "1 message came since the test began:",
        "  'Invoice 12' from hi@acme.test to " + ", ".join(caught.value.seen[0].recipients),
    ]
    assert lines[3].startswith("      to: 'ann@elsewhere.test' is not in 'Ann <ann@example.com>")
    assert lines[4] == "      subject: 'Welcome' is not in 'Invoice 12'"
    assert [message.subject for message in caught.value.seen] == ["Invoice 12"]


def test_a_time_out_tells_what_was_refused(ours: View) -> None:
    with ours.smtplib() as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("app@acme.test", ["bounce+unknown_user@bounce.test"], b"Subject: x\r\n\r\n")
    with pytest.raises(
        MailNotReceived, match=r"refused at RCPT: 550 5\.1\.1 .*\(to bounce\+unknown_user@bounce\.test\)"
    ):
        ours.wait_for(subject="x", timeout=0)
    assert [one.stage for one in ours.refused] == ["RCPT"]


def test_no_mail_at_all_is_said_so(view: View) -> None:
    with pytest.raises(MailNotReceived, match=r"no message came since the test began\.|no messages came since"):
        view.wait_for(timeout=0)


def test_a_failed_wait_is_a_failed_test_for_every_runner(mp: View) -> None:
    with pytest.raises(AssertionError):
        mp.wait_for(timeout=0)


def test_so_many_are_waited_for_and_no_more(view: View) -> None:
    for number in range(3):
        send(view, f"reminder {number}")
    assert [one.subject for one in view.wait_for_all(3, subject="reminder", settle=0)] == [
        f"reminder {number}" for number in range(3)
    ]
    with pytest.raises(MailNotReceived, match="2 messages were asked for, and 3 came"):
        view.wait_for_all(2, subject="reminder", settle=0)
    with pytest.raises(MailNotReceived, match="3 of 4 messages came within 0 s"):
        view.wait_for_all(4, subject="reminder", timeout=0)


def test_nothing_is_expected(view: View) -> None:
    view.expect_none(subject="spam", within=0)
    send(view, "spam")
    with pytest.raises(
        MailNotReceived, match=r"a message came that must not: subject 'spam'\n1 message.*\n.*<- matches"
    ):
        view.expect_none(subject="spam", within=0)


def test_a_block_must_cause_the_mail(view: View) -> None:
    send(view, "Welcome")
    view.wait_for(subject="Welcome")
    with view.expect(subject="Welcome") as caught:
        send(view, "Welcome")
    assert caught.message.id == view.messages[1].id
    with pytest.raises(MailNotReceived), view.expect(subject="Welcome", timeout=0):
        pass


def test_an_error_in_the_block_is_what_is_told(mp: View) -> None:
    with pytest.raises(ZeroDivisionError), mp.expect(timeout=60):
        raise ZeroDivisionError


def test_the_message_of_a_block_is_there_behind_it(mp: View) -> None:
    with pytest.raises(MailNotReceived, match="the block has not ended yet"), mp.expect(timeout=60) as caught:
        assert caught.message


def test_a_function_decides_and_its_assertions_are_reasons(view: View) -> None:
    send(view, "one", text="no code here")
    send(view, "two", text="Your code is 481516")
    assert view.wait_for(where=lambda message: message.code() == "481516").subject == "two"
    with pytest.raises(MailNotReceived, match="where: <lambda> is not in it: there is no code"):
        view.wait_for(subject="one", where=lambda message: message.code(), timeout=0)


def test_a_search_as_on_the_page_decides(view: View) -> None:
    send(view, "Invoice")
    send(view, "Reminder")
    assert view.wait_for(query="subject:reminder").subject == "Reminder"
    with pytest.raises(MailNotReceived, match="query: 'subject:offer' is not in it"):
        view.wait_for(query="subject:offer", timeout=0)


def test_an_unknown_filter_is_a_type_error(mp: View) -> None:
    with pytest.raises(TypeError, match="subjcet"):
        mp.wait_for(subjcet="x")  # type: ignore[call-arg]


def test_a_view_can_begin_anew(mp: View) -> None:
    send(mp, "old")
    mp.mark()
    send(mp, "new")
    assert [one.subject for one in mp.messages] == ["new"]


def test_addresses_are_the_test_s_own(local: Mailpit) -> None:
    one, other = local.view(), local.view()
    assert one.address("ann") == one.address("ann")
    assert one.address("ann") != other.address("ann")
    assert re.fullmatch(r"ann\+[0-9a-f]{12}@example\.test", one.address("ann"))


def test_on_a_shared_server_a_view_with_an_address_sees_only_its_own_mail(remote) -> None:
    one, other = remote.view(timeout=20), remote.view(timeout=20)
    mine, theirs = one.address("ann"), other.address("ann")
    send(one, "theirs", theirs)
    send(one, "mine", mine)
    assert [message.subject for message in one.messages] == ["mine"]
    assert other.wait_for(to=theirs).subject == "theirs"
    other.expect_none(subject="mine", within=0)


def test_no_message_is_lost_among_many(ours: View) -> None:
    with ours.smtplib() as client:
        for number in range(120):
            client.sendmail("a@x.test", ["b@x.test"], f"Subject: {number}\r\n\r\n".encode())
    assert [message.subject for message in ours.messages] == [str(number) for number in range(120)]
    with pytest.raises(MailNotReceived) as caught:
        ours.wait_for(subject="none", timeout=0)
    assert str(caught.value).splitlines()[2] == "  ... and 100 before these:"
    assert len(caught.value.seen) == 120


def test_many_views_on_one_shared_server_do_not_disturb_each_other(remote) -> None:
    def sign_up(number: int) -> list[str]:
        view = remote.view(timeout=60)
        address = view.address("ann")
        for step in ("one", "two"):
            send(view, f"{step} {number}", address)
            view.wait_for(to=address, subject=step)
        return [message.subject for message in view.messages]

    with ThreadPoolExecutor(16) as pool:
        for number, subjects in enumerate(pool.map(sign_up, range(16))):
            assert subjects == [f"one {number}", f"two {number}"]


def test_a_mailpit_says_what_it_cannot_do(mailpits: View) -> None:
    send(mailpits)
    message = mailpits.wait_for()
    assert message.session is None
    with pytest.raises(Unsupported, match="keeps no SMTP dialogue"):
        assert message.transcript


def test_many_threads_may_wait_on_one_view(mp: View) -> None:
    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(mp.wait_for, subject=f"for {number}.") for number in range(16)]
        for number in range(16):
            send(mp, f"for {number}.")
        assert [one.result(30).subject for one in waiting] == [f"for {number}." for number in range(16)]
    assert len(mp.messages) == 16


# event loops


def test_on_a_running_loop_s_thread_it_says_what_to_await(mp: View) -> None:
    async def main() -> None:
        for call, name in (
            (mp.wait_for, "await_for"),
            (lambda: mp.wait_for_all(1), "await_for_all"),
            (mp.expect_none, "await_none"),
            (lambda: mp.expect().__enter__(), "async with"),
        ):
            with pytest.raises(WouldBlock, match=name):
                call()

    asyncio.run(main())


@pytest.mark.parametrize(("greenlets", "told"), [(False, "WouldBlock"), (True, "MailNotReceived")])
def test_outside_of_a_task_a_loop_may_wait_only_where_greenlets_are_about(
    mp: View, monkeypatch: pytest.MonkeyPatch, greenlets: bool, told: str
) -> None:
    """Playwright's synchronous API keeps a loop on the thread of the test."""
    if greenlets:
        monkeypatch.setitem(sys.modules, "greenlet", sys)
    else:
        monkeypatch.delitem(sys.modules, "greenlet", raising=False)

    async def main() -> str:
        outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def call() -> None:
            try:
                mp.wait_for(timeout=0)
            except MailpitError as error:
                outcome.set_result(type(error).__name__)

        asyncio.get_running_loop().call_soon(call)
        return await outcome

    assert asyncio.run(main()) == told


def test_mail_is_awaited_while_the_loop_runs_on(view: View) -> None:
    async def main() -> None:
        waiting = asyncio.create_task(view.await_for(subject="two"))
        await asyncio.to_thread(send, view, "one")
        async with view.expect(subject="two") as caught:
            await asyncio.to_thread(send, view, "two")
        assert (await waiting).id == caught.message.id
        assert len(await view.await_for_all(2, settle=0)) == 2
        await view.await_none(subject="three", within=0)
        with pytest.raises(MailNotReceived):
            await view.await_for(subject="three", timeout=0)

    asyncio.run(main())


def test_a_wait_that_is_cancelled_ends_its_thread(mp: View) -> None:
    async def main() -> None:
        waiting = asyncio.create_task(mp.await_for(timeout=600))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    for thread in threading.enumerate():
        if thread.name == "mailpit-await":
            thread.join(30)
            assert not thread.is_alive()
