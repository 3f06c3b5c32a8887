"""The page about webhooks has every provider as it is."""

from __future__ import annotations

import re
from pathlib import Path

from mailpit_py.webhooks.providers import PROVIDERS

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")


def test_every_provider_is_listed_with_the_size_of_its_requests():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:one event|up to (\d+) events) \|", PAGE, re.MULTILINE)
    assert {name: int(batch or 1) for name, batch in rows} == {one.name: one.batch for one in PROVIDERS.values()}


def test_what_a_repeat_waits_for_is_told_of_those_who_publish_it():
    minutes = {
        name: [pause / 60 for pause in PROVIDERS[name].policy.pauses] for name in ("mailgun", "resend", "standard")
    }
    assert "| 5, 10, 15 min, 1, 2, 4 h; a 406 ends it |" in PAGE
    assert minutes["mailgun"] == [5, 10, 15, 60, 120, 240]
    assert "| 5 s, 5, 30 min, 2, 5, 10, 10 h |" in PAGE
    assert minutes["resend"] == [5 / 60, 5, 30, 120, 300, 600, 600]
    assert "| 5 s, 5, 30 min, 2, 5, 10, 14, 20, 24 h; a 410 ends it |" in PAGE
    assert minutes["standard"] == [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
