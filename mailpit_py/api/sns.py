"""What an app asks of Amazon SNS: the certificate, and to confirm or end a subscription. The token is the key."""

from __future__ import annotations

from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from mailpit_py.api.context import here
from mailpit_py.api.problem import Problem
from mailpit_py.errors import NotFound
from mailpit_py.webhooks import derived

BODY_BYTES_AT_MOST = 16_384
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def blueprint() -> Blueprint:
    """The routes that stand in for SNS, outside of login: an app visits them as it visits Amazon."""
    routes = Blueprint("sns", __name__)

    @routes.get("/sns/<name>")
    def certificate(name: str) -> Response:
        """Give the certificate that proves notifications."""
        keys = here().sandbox.sinks.keys
        if name != keys.certificate_name:
            raise Problem(404, "There is no such certificate.", kind="not-found")
        return Response(keys.certificate, mimetype="application/x-pem-file")

    @routes.route("/sns/", methods=["GET", "POST"])
    def act() -> Response:
        """Confirm or end a subscription: SNS's own actions, as a visited SubscribeURL and as the query API.

        A GET that changes something, because that is how SNS does it; only who was sent the token can.
        """
        given = _given()
        action = given.get("Action", "")
        if action == "ConfirmSubscription":
            return _confirmed(given.get("TopicArn", ""), given.get("Token", ""))
        if action == "Unsubscribe":
            return _ended(given.get("SubscriptionArn", ""), given.get("Token", ""))
        return _refusal("InvalidAction", f"the action {action[:100]} is not known here")

    return routes


def _given() -> dict[str, str]:
    """Return the parameters, of the address or of a form."""
    if request.method != "POST":
        return request.args.to_dict()
    request.max_content_length = BODY_BYTES_AT_MOST
    return dict(parse_qsl(request.get_data().decode("utf-8", "replace"), max_num_fields=20))


def _confirmed(topic: str, token: str) -> Response:
    from mailpit_py.webhooks import sns

    book = here().sandbox.sinks
    try:
        sink = book.confirm(topic, token)
    except NotFound:
        return _refusal("InvalidParameter", "Invalid token")
    arn = sns.subscription(book.hook(sink))
    return _answer("ConfirmSubscription", f"<SubscriptionArn>{escape(arn)}</SubscriptionArn>")


def _ended(subscription: str, token: str) -> Response:
    try:
        here().sandbox.sinks.confirm(subscription, token, confirmed=False)
    except NotFound:
        return _refusal("InvalidParameter", "Invalid subscription")
    return _answer("Unsubscribe", "")


def _answer(action: str, result: str) -> Response:
    inner = f"<{action}Result>{result}</{action}Result>" if result else ""
    identity = f"<ResponseMetadata><RequestId>{_request_id()}</RequestId></ResponseMetadata>"
    body = f'<{action}Response xmlns="{NAMESPACE}">{inner}{identity}</{action}Response>'
    return Response(body, mimetype="text/xml")


def _refusal(code: str, text: str) -> Response:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(text)}</Message></Error>"
    body = f'<ErrorResponse xmlns="{NAMESPACE}">{error}<RequestId>{_request_id()}</RequestId></ErrorResponse>'
    return Response(body, 400, mimetype="text/xml")


def _request_id() -> str:
    return derived.guid("sns request", request.query_string.decode("latin-1"))
