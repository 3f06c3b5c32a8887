"""The shapes of Mailpit's JSON as JSON schemas; lists of addresses may be null where Mailpit has them so."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def ref(name: str) -> Json:
    """A reference to a shape of this file."""
    return {"$ref": f"#/definitions/{name}"}


def string(words: str = "") -> Json:
    """A text."""
    return {"type": "string", **({"description": words} if words else {})}


def listed(items: Json, **more: Any) -> Json:
    """A list."""
    return {"type": "array", "items": items, **more}


def record(required: tuple[str, ...] = (), /, **members: Json) -> Json:
    """An object."""
    return {"type": "object", **({"required": list(required)} if required else {}), "properties": members}


def texts(*names: str) -> dict[str, Json]:
    """Members that are texts."""
    return {name: string() for name in names}


def numbers(*names: str) -> dict[str, Json]:
    """Members that are whole numbers."""
    return {name: {"type": "integer", "format": "int64"} for name in names}


def flags(*names: str) -> dict[str, Json]:
    """Members that are true or false."""
    return {name: {"type": "boolean"} for name in names}


TIME: Json = {"type": "string", "format": "date-time"}
PEOPLE = listed(ref("Address"))
PEOPLE_OR_NULL = listed(ref("Address"), **{"x-nullable": True})
NAMED = record(("Email",), **texts("Name", "Email"))

SHARES = {name: {"type": "number", "format": "float"} for name in ("Supported", "Partial", "Unsupported")}

DEFINITIONS: Json = {
    "HTMLCheckResponse": record(
        Warnings=listed(ref("HTMLCheckWarning")),
        Platforms={"type": "object", "additionalProperties": listed(string())},
        Total=ref("HTMLCheckTotal"),
    ),
    "HTMLCheckWarning": record(
        **texts("Slug", "Title", "Description", "URL", "Category", "Keywords"),
        Tags=listed(string()),
        Results=listed(ref("HTMLCheckResult")),
        NotesByNumber={"type": "object", "additionalProperties": string()},
        Score=ref("HTMLCheckScore"),
    ),
    "HTMLCheckResult": record(**texts("Name", "Platform", "Family", "Version", "Support", "NoteNumber")),
    "HTMLCheckScore": record(**numbers("Found"), **SHARES),
    "HTMLCheckTotal": record(**numbers("Tests", "Nodes"), **SHARES),
    "Link": record(**texts("URL", "Status"), **numbers("StatusCode")),
    "LinkCheckResponse": record(**numbers("Errors"), Links=listed(ref("Link"))),
    "Rule": record(**texts("Name", "Description"), Score={"type": "number"}),
    "SpamAssassinResponse": record(
        **flags("IsSpam"),
        **texts("Error"),
        Score={"type": "number"},
        Rules=listed(ref("Rule"), **{"x-nullable": True}),
    ),
    "Address": record(**texts("Name", "Address")),
    "AppInformation": record(
        **texts("Version", "LatestVersion", "Database"),
        **numbers("DatabaseSize", "Messages", "Unread"),
        Tags={"type": "object", "additionalProperties": {"type": "integer"}},
        RuntimeStats=record(
            **numbers(
                "Uptime",
                "Memory",
                "MessagesDeleted",
                "SMTPAccepted",
                "SMTPAcceptedSize",
                "SMTPRejected",
                "SMTPIgnored",
            )
        ),
    ),
    "Attachment": record(
        **texts("PartID", "FileName", "ContentType", "ContentID"),
        **numbers("Size"),
        Checksums=record(**texts("MD5", "SHA1", "SHA256")),
    ),
    "ChaosTrigger": record(("ErrorCode", "Probability"), **numbers("ErrorCode", "Probability")),
    "ChaosTriggers": record(**{name: ref("ChaosTrigger") for name in ("Sender", "Recipient", "Authentication")}),
    "IDs": record(IDs=listed(string("The id of a message."))),
    "JSONError": record(Error=string("What is wrong.")),
    "ListUnsubscribe": record(**texts("Header", "Errors", "HeaderPost"), Links=listed(string())),
    "Message": record(
        **texts("ID", "MessageID", "ReturnPath", "Subject", "Username", "Text", "HTML"),
        From=ref("Address"),
        To=PEOPLE,
        Cc=PEOPLE,
        Bcc=PEOPLE,
        ReplyTo=PEOPLE,
        ListUnsubscribe=ref("ListUnsubscribe"),
        Date=TIME,
        Tags=listed(string()),
        **numbers("Size"),
        Inline=listed(ref("Attachment")),
        Attachments=listed(ref("Attachment")),
    ),
    "MessageSummary": record(
        **texts("ID", "MessageID", "Subject", "Username", "Snippet"),
        **flags("Read"),
        From=ref("Address"),
        To=PEOPLE_OR_NULL,
        Cc=PEOPLE_OR_NULL,
        Bcc=PEOPLE_OR_NULL,
        ReplyTo=PEOPLE_OR_NULL,
        Created=TIME,
        Tags=listed(string()),
        **numbers("Size", "Attachments"),
    ),
    "MessagesSummary": record(
        **numbers("total", "unread", "count", "messages_count", "messages_unread", "start"),
        tags=listed(string()),
        messages=listed(ref("MessageSummary")),
    ),
    "Naming": record(("Name",), **texts("Name")),
    "NewMessage": record(
        ("From",),
        From=NAMED,
        To=listed(NAMED),
        Cc=listed(NAMED),
        Bcc=listed(string("An address.")),
        ReplyTo=listed(NAMED),
        **texts("Subject", "Text", "HTML"),
        Attachments=listed(
            record(("Content", "Filename"), **texts("Content", "Filename", "ContentType", "ContentID")),
        ),
        Tags=listed(string()),
        Headers={"type": "object", "additionalProperties": string()},
    ),
    "ReadStatus": record(**flags("Read"), IDs=listed(string()), **texts("Search")),
    "Releasing": record(("To",), To=listed(string("An address."))),
    "Sent": record(ID=string("The id of the message.")),
    "Tagging": record(("Tags", "IDs"), IDs=listed(string()), Tags=listed(string())),
    "WebUIConfiguration": record(
        **texts("Label"),
        MessageRelay=record(
            **flags("Enabled", "PreserveMessageIDs"),
            **texts(
                "SMTPServer", "ReturnPath", "AllowedRecipients", "BlockedRecipients", "OverrideFrom",
                "RecipientAllowlist",
            ),
        ),
        **flags("SpamAssassin", "ChaosEnabled", "DuplicatesIgnored", "HideDeleteAllButton"),
    ),
}  # fmt: skip
