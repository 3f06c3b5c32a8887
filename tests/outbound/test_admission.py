"""Where reports and events may go: asked when a target is set, and again when something is sent."""

from __future__ import annotations

import pytest

from mailpit_py.application.sinkbook import SinkSettings
from mailpit_py.errors import TargetRefused
from mailpit_py.storage import AttemptState, SinkKind
from tests.outbound.post import processor
from tests.outbound.servers import web
from tests.outbound.sinking import HOUR, hook_to, push_to, sandbox, send, settled


@pytest.mark.parametrize(
    ("kind", "target", "provider"),
    [
        (SinkKind.SMTP, "192.0.2.1:25", ""),
        (SinkKind.SMTP, "mail", ""),
        (SinkKind.SMTP, "127.0.0.1:25/x", ""),
        (SinkKind.WEBHOOK, "http://169.254.169.254/", "standard"),
        (SinkKind.WEBHOOK, "http://127.0.0.1:22/", "standard"),
        (SinkKind.WEBHOOK, "gopher://127.0.0.1/", "standard"),
    ],
)
def test_a_target_that_is_not_allowed_is_refused_when_it_is_set(node, kind, target, provider):
    with pytest.raises(TargetRefused):
        node.sandbox.sinks.add("default", SinkSettings(kind=kind, target=target, provider=provider))


def test_a_target_that_is_not_allowed_any_more_is_refused_when_it_is_sent(tmp_path):
    database = str(tmp_path / "mail.db")
    with web() as app, processor() as mail:
        with sandbox(database=database) as node:
            node.sandbox.clock.freeze("default")
            hook_to(node, app.port)
            push_to(node, mail.port)
            send(node, "ndr+unknown_user+1h@bounce.test")
        with sandbox(database=database, outbound_allow="public") as node:
            node.sandbox.scheduler.advance("default", microseconds=2 * HOUR)
            found = settled(node, 2)
            errors = [node.store.agenda.sinks.attempt("default", one.public_id)[1][0].error for one in found]
        assert {one.state for one in found} == {AttemptState.GIVEN_UP}
        assert all("outside the range that --outbound-allow gives (public)" in error for error in errors)
        assert app.requests == mail.letters == []
