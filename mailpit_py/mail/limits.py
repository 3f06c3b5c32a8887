"""How much of one message is looked at: the bounds that keep hostile mail cheap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the walk; what lies beyond stays in the raw message and is reported as a defect.

    `depth` counts nested multiparts and messages together; `parts` counts every part. `fields`
    and `header_bytes` bound one header section, `all_fields` all sections together. `field_bytes`
    is how much of one field is searched for encoded words.
    """

    depth: int = 100
    parts: int = 2_000
    fields: int = 1_000
    all_fields: int = 20_000
    header_bytes: int = 262_144
    field_bytes: int = 16_384
    addresses: int = 1_000
    parameters: int = 100


DEFAULT = Limits()
