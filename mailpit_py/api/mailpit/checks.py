"""Mailpit's checks of one message: what mail programs show of it, where its links lead, what a spam filter says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from mailpit_py.api.context import here
from mailpit_py.api.mailpit import finding
from mailpit_py.api.mailpit.failure import refusal
from mailpit_py.api.mailpit.go_json import written
from mailpit_py.api.mailpit.score import number, of_all, of_warning
from mailpit_py.api.mailpit.shape import text_of_message
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.checks.spam import floored
from mailpit_py.mail import Message
from mailpit_py.mail.arrangement import arrange
from mailpit_py.storage import Summary

if TYPE_CHECKING:
    from mailpit_py.checks.compatibility import Client, Report
    from mailpit_py.checks.compatibility.report import Warning

NO_HTML = "message does not contain HTML"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/message/<given>/html-check")(check_html)
    routes.get("/message/<given>/link-check")(check_links)
    routes.get("/message/<given>/sa-check")(check_spam)


def check_html(given: str) -> Response:
    """Show which mail programs do not show what is in the HTML. Style sheets that it links to are fetched."""
    _, content = _content(given)
    markup = arrange(content.root).markup
    if not markup:
        return refusal(NO_HTML)
    config = here().config
    linked = not config.block_remote_css_and_fonts and config.remote_content != "never"
    return written(_report(here().adviser.compatibility(markup, linked=linked)))


def check_links(given: str) -> Response:
    """Show where the links lead; the message is then read."""
    summary, content = _content(given)
    arranged = arrange(content.root)
    follow = request.args.get("follow") in ("1", "true")
    found = here().adviser.links(arranged.markup, text_of_message(arranged), follow=follow)
    if not summary.seen and request.method == "GET":
        finding.mark_read(summary.public_id)
    return written(
        {
            "Errors": sum(one.is_broken for one in found),
            "Links": [{"URL": one.url, "StatusCode": one.status, "Status": one.text} for one in found],
        }
    )


def check_spam(given: str) -> Response:
    """Show what the spam filter says; without one there is no such route."""
    if here().adviser.outside.score is None:
        raise NotFound
    _, content = finding.content(given)
    score = here().adviser.spam(content.raw)
    assert score is not None
    if score.error:
        return written({"IsSpam": False, "Error": score.error, "Score": 0, "Rules": None})
    rules = [{"Score": number(floored(one.score)), "Name": one.name, "Description": one.text} for one in score.rules]
    return written({"IsSpam": score.is_spam, "Error": "", "Score": number(floored(score.score)), "Rules": rules})


def _content(given: str) -> tuple[Summary, Message]:
    """The message that a path names; these routes say of an empty mailbox what they say of an unknown id."""
    try:
        return finding.content(given)
    except Problem as problem:
        if problem.kind == "text":
            raise not_found("message") from None
        raise


def _report(report: Report) -> dict[str, Any]:
    total = report.total
    return {
        "Warnings": [_warning(one) for one in report.warnings],
        "Platforms": report.platforms,
        "Total": {"Tests": total.tests, "Nodes": total.nodes, **of_all(report.warnings, total.nodes)},
    }


def _warning(one: Warning) -> dict[str, Any]:
    from mailpit_py.checks.compatibility.wording import as_html

    feature = one.feature
    return {
        "Slug": feature.slug,
        "Title": feature.title,
        "Description": as_html(feature.description),
        "URL": feature.url,
        "Category": feature.category,
        "Tags": list(feature.tags),
        "Keywords": "",
        "Results": [_client(client) for client in feature.clients],
        "NotesByNumber": {number: as_html(text) for number, text in feature.notes.items()},
        "Score": {"Found": one.found, **of_warning(one)},
    }


def _client(one: Client) -> dict[str, str]:
    return {
        "Name": one.name,
        "Platform": one.platform,
        "Family": one.family,
        "Version": one.version,
        "Support": one.support,
        "NoteNumber": one.note,
    }
