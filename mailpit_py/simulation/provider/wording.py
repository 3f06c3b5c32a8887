"""What a provider is known to say: values that its table is written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailpit_py.simulation.stage import Stage

RCPT, MAIL, CONTENT = Stage.RCPT, Stage.MAIL, Stage.CONTENT


@dataclass(frozen=True, slots=True)
class Words:
    """One reply of a provider. `status` is empty where the provider sends no enhanced code.

    `text` is a template with the placeholders of `catalogue.PLACEHOLDERS`; several lines are joined
    by LF. `stage` is when the provider says it. `deferred` is the code and the enhanced code with which
    the provider puts off what it refuses otherwise, empty where nothing is known of it.
    """

    code: int
    status: str
    text: str
    stage: Stage = RCPT
    deferred: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider or mail server with the scenarios it is known to say in its own way.

    `name` is the token in addresses, `title` what people call it.
    """

    name: str
    title: str
    words: Mapping[str, Words]
