"""A sandbox that everybody may use: what would leave it, or fill it past the gate, is refused."""

from __future__ import annotations

from flask import Flask, request

from mailpit_py.api.problem import Problem

DISABLED = "this functionality has been disabled for demonstration purposes"
ENDPOINTS = frozenset(
    {
        *(f"v1.{name}" for name in ("send_message", "release_message", "check_links")),
        *(f"api.{name}" for name in ("add_message", "release_message", "retry_item", "check_links")),
        *(f"api.{name}" for name in ("add_sink", "change_sink", "replay_sink_attempt", "ask_for_confirmation")),
        *("api.tell_event", "view.hand_on"),
    }
)


def install(app: Flask) -> None:
    """Let an application refuse them."""

    @app.before_request
    def refuse() -> None:
        if request.endpoint in ENDPOINTS:
            raise Problem(400, DISABLED, kind="demo")
