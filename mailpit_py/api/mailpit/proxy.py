"""What a message's HTML loads from the network, handed on: for pictures of it that a page of this origin takes."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from mailpit_py.api import headers
from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import finding
from mailpit_py.api.mailpit.failure import UTF_8
from mailpit_py.api.problem import Problem
from mailpit_py.checks.outside import Asset, Wish
from mailpit_py.mail.arrangement import arrange

if TYPE_CHECKING:
    from mailpit_py.storage import Summary

logger = logging.getLogger(__name__)

LARGEST = 50 << 20
HANDED_ON = ("Last-Modified", "Content-Disposition", "Cache-Control")
INVALID = "invalid request"  # whatever is wrong with it: who asks learns nothing of the network
SIGNED = "proxy "  # what signatures of these addresses begin with, so that they fit nothing else


def register(routes: Blueprint) -> None:
    """Add the view of this file."""
    routes.get("/proxy", provide_automatic_options=False)(hand_on)


def hand_on() -> Response:
    """Give a picture, font or style sheet that the message loads, and nothing else; the message is then read."""
    from mailpit_py.checks import asset

    data = request.args.get("data", "").strip()
    if not data:
        return _refusal("Data missing")
    try:
        public_id, _, url = base64.b64decode(re.sub(r"[\r\n]", "", data), validate=True).decode().partition(":")
        summary, content = finding.content(public_id)
    except (binascii.Error, UnicodeDecodeError, Problem):
        return _refusal(INVALID)
    is_named = public_id == summary.public_id  # `latest` is no name here
    if not is_named or not (_is_signed(public_id, url) or url in asset.urls(arrange(content.root).markup)):
        return _refusal(INVALID)
    _mark_read(summary)
    agent = request.headers.get("User-Agent", "")[:500]
    [found] = here().adviser.outside.fetch([Wish(url, agent=agent, body_bytes=LARGEST)])
    return _answer(public_id, found)


def _refusal(reason: str) -> Response:
    return Response(f"Error: {reason}", 400, content_type=UTF_8)


def _mark_read(summary: Summary) -> None:
    if not summary.seen and request.method == "GET":
        finding.mark_read(summary.public_id)


def _answer(public_id: str, found: Asset) -> Response:
    from mailpit_py.checks import asset

    if found.is_cut:
        return _refusal("response too large")
    if not 200 <= found.status < 300 or not found.media_type.startswith(asset.MEDIA_TYPES):
        logger.info("not handed on: %s status=%d error=%r", found.url[:500], found.status, found.error)
        return _refusal(INVALID)
    body = found.body
    if found.media_type == asset.SHEET:
        text = body.decode("utf-8", "replace")
        body = asset.redirected(text, found.url, lambda url: _address(public_id, url)).encode()
    response = Response(body, found.status, content_type=found.header("content-type").lower())
    for name in HANDED_ON:
        if value := found.header(name):
            response.headers[name] = value
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def _address(public_id: str, url: str) -> str:
    """The address here under which a style sheet of this message may load something."""
    data = base64.b64encode(f"{public_id}:{url}".encode()).decode()
    permit = here().signer.query(scope(), public_id, f"{SIGNED}{url}")
    return quote(f"{here().config.webroot_path}proxy") + f"?{urlencode({'data': data})}&{permit}"


def _is_signed(public_id: str, url: str) -> bool:
    given = request.args
    expires, signature = given.get("exp", ""), given.get("sig", "")
    return here().signer.permits(scope(), public_id, f"{SIGNED}{url}", expires=expires, signature=signature)
