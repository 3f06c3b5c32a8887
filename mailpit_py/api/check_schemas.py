"""What the API answers about checks of a message, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer


class MailProgram(Answer):
    """A mail program that does not show something, or not all of it."""

    name: str = Field(description="Program, platform and version.")
    family: str
    platform: str
    support: Literal["partial", "no"]
    note: str = Field(description="What there is to know about it, or nothing.")


class UsedFeature(Answer):
    """A thing of HTML or CSS that the message uses."""

    slug: str
    title: str
    description: str
    url: str = Field(description="The page at caniemail.com; empty for scripts, which nobody runs.")
    category: Literal["html", "css", "image", "others"]
    found: int = Field(description="How often it is there: elements that use it, or occurrences in style sheets.")
    supported: float = Field(description="Percent of the mail programs that show it.")
    partial: float
    unsupported: float
    programs: list[MailProgram] = Field(description="Those that do not show it, or not all of it.")


class HtmlCheck(Answer):
    """Which mail programs show the HTML of a message, by the data of caniemail.com."""

    updated: str = Field(description="The day of the data.")
    tests: int
    nodes: int = Field(description="How many elements there are.")
    supported: float = Field(description="100 without the two others.")
    partial: float = Field(description="The worst partial support of all, weighed by how much of the message uses it.")
    unsupported: float = Field(description="The same of what is not shown at all.")
    is_cut: bool = Field(description="Style sheets were too large to be looked at whole.")
    linked_sheets: list[str] = Field(description="Style sheets that it links to; looked at with `linked`.")
    features: list[UsedFeature] = Field(description="What it uses, the worst first.")


class CheckedLink(Answer):
    """Where one link leads."""

    url: str
    status: int = Field(description="The HTTP status; 0 without an answer, 451 for an address that may not be asked.")
    text: str = Field(description="The status in words, or why there is no answer.")
    final_url: str = Field(description="Where a redirect led; empty without one.")
    is_broken: bool


class LinkCheck(Answer):
    """Where the links of a message lead: the first hundred."""

    broken: int
    links: list[CheckedLink]


class SpamRule(Answer):
    """One thing that the filter found."""

    score: float
    name: str
    text: str


class SpamCheck(Answer):
    """What the spam filter says of a message."""

    filter: Literal["spamassassin", "postmark", "rspamd"]
    is_spam: bool
    score: float
    threshold: float = Field(description="Spam from here on.")
    rules: list[SpamRule]
    error: str = Field(description="Why the filter said nothing; empty if it did.")
