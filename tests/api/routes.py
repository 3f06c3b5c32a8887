"""Every route of an application with a message's ids filled in: what tests of classes walk through."""

from __future__ import annotations

from collections.abc import Iterator

from mailpit_py.api import Application

PART = "1"
STANDARD = {"HEAD", "OPTIONS"}


def walk(app: Application, public_id: str) -> Iterator[tuple[str, str, str]]:
    """Yield (endpoint, method, path) for every route and each of its methods but HEAD and OPTIONS."""
    samples = {
        "public_id": public_id,
        "path": PART,
        "name": "docs.css",
        "rule": "fails",
        "inbox": "default",
        "domain": "*.gmail.test",
        "given": public_id,
        "number": "0",
        "tag": "T",
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: samples[name] for name in rule.arguments}
        path = adapter.build(rule.endpoint, values, method=next(iter((rule.methods or set()) - STANDARD), "GET"))
        for method in sorted((rule.methods or set()) - STANDARD):
            yield rule.endpoint, method, path.removeprefix("ws://localhost")
