"""Inline images of a mail's frame, behind signed addresses: the one route outside login and site checks."""

from __future__ import annotations

from flask import Blueprint, Response, request

from mailpit_py.api import headers
from mailpit_py.api.context import here
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.api.rendering import raster_type


def blueprint() -> Blueprint:
    """The route of inline images."""
    images = Blueprint("cid", __name__)

    @images.get("/cid/<public_id:public_id>/<part_path:path>")
    def image(public_id: str, path: str) -> Response:
        """Give an inline image to the frame of its message."""
        given = request.args
        inbox = given.get("inbox", "")
        if not here().signer.permits(
            inbox, public_id, path, expires=given.get("exp", ""), signature=given.get("sig", "")
        ):
            raise Problem(403, "This address of an image is not, or no longer, valid.", kind="signature")
        part = here().library.message(inbox, public_id).part(path)
        kind = raster_type(part) if part else None
        if part is None or kind is None:
            raise not_found("image")
        response = Response(part.decoded, mimetype=kind)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Content-Security-Policy"] = headers.PART
        return response

    return images
