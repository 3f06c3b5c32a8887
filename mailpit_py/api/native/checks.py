"""Views that check one message: mail programs, links, a spam filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from pydantic import Field

from mailpit_py.api import check_schemas as schemas
from mailpit_py.api.context import here
from mailpit_py.api.models import Arguments, InboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem
from mailpit_py.api.shape import Json

if TYPE_CHECKING:
    from mailpit_py.checks.compatibility.report import Warning

TAG = "Checks"
NO_FILTER = "No spam filter is set; start with --enable-spamassassin host:port or --enable-rspamd URL."


class HtmlCheckQuery(InboxQuery):
    """What to look at."""

    linked: bool = Field(False, description="Fetch the style sheets that the HTML links to, too.")


class LinkCheckRequest(Arguments):
    """How to ask."""

    follow: bool = Field(False, description="Follow up to three redirects.")


class SpamCheckRequest(Arguments):
    """Nothing to say."""


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages/<public_id:public_id>/html-check")(check_html)
    routes.post("/messages/<public_id:public_id>/link-check")(check_links)
    routes.post("/messages/<public_id:public_id>/spam-check")(check_spam)


@operation(TAG, query=HtmlCheckQuery, returns=schemas.HtmlCheck, errors=(404, 409))
def check_html(public_id: str, query: HtmlCheckQuery) -> Json:
    """Show which mail programs do not show what the HTML of a message uses."""
    from mailpit_py.checks.compatibility import linked_sheets

    message = here().library.message(query.inbox, public_id)
    if not message.has_html:
        raise Problem(409, "This message has no HTML.", kind="no-html")
    adviser = here().adviser
    report = adviser.compatibility(message.html, linked=query.linked)
    total = report.total
    return {
        "updated": adviser.knowledge.updated,
        "tests": total.tests,
        "nodes": total.nodes,
        "supported": round(total.supported, 2),
        "partial": round(total.partial, 2),
        "unsupported": round(total.unsupported, 2),
        "is_cut": report.is_cut,
        "linked_sheets": linked_sheets(message.html),
        "features": [_feature(one) for one in report.warnings],
    }


@operation(TAG, body=LinkCheckRequest, returns=schemas.LinkCheck, errors=(400, 404, 415))
def check_links(public_id: str, query: InboxQuery, body: LinkCheckRequest) -> Json:
    """Ask the servers to which the links of a message lead whether they are there: by HEAD, the first hundred."""
    message = here().library.message(query.inbox, public_id)
    found = here().adviser.links(message.html, message.text, follow=body.follow)
    return {
        "broken": sum(one.is_broken for one in found),
        "links": [
            {"url": one.url, "status": one.status, "text": one.text, "final_url": one.final, "is_broken": one.is_broken}
            for one in found
        ],
    }


@operation(TAG, body=SpamCheckRequest, returns=schemas.SpamCheck, errors=(400, 404, 409, 415))
def check_spam(public_id: str, query: InboxQuery, body: SpamCheckRequest) -> Json:
    """Ask the spam filter of this sandbox what it says of a message."""
    message = here().library.message(query.inbox, public_id)
    score = here().adviser.spam(message.raw)
    if score is None:
        raise Problem(409, NO_FILTER, kind="no-filter")
    return {
        "filter": here().adviser.outside.filter_name,
        "is_spam": score.is_spam,
        "score": score.score,
        "threshold": score.threshold,
        "rules": [{"score": one.score, "name": one.name, "text": one.text} for one in score.rules],
        "error": score.error,
    }


def _feature(one: Warning) -> Json:
    from mailpit_py.checks.compatibility.wording import as_text

    feature, shares = one.feature, one.shares
    notes = {number: as_text(text) for number, text in feature.notes.items()}
    return {
        "slug": feature.slug,
        "title": feature.title,
        "description": as_text(feature.description),
        "url": feature.url,
        "category": feature.category,
        "found": one.found,
        "supported": round(shares.supported, 1),
        "partial": round(shares.partial, 1),
        "unsupported": round(shares.unsupported, 1),
        "programs": [
            {
                "name": client.name,
                "family": client.family,
                "platform": client.platform,
                "support": client.support,
                "note": notes.get(client.note, ""),
            }
            for client in feature.clients
            if client.support != "yes"
        ],
    }
