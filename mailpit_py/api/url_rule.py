"""A rule of the URL map that is quick to make: few addresses are ever built, and what builds one is compiled then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class UrlRule(Rule):
    """A rule whose builders are made on demand: Werkzeug makes both by way of `ast`, which takes half of a start.

    Should a later Werkzeug call its method otherwise, it only does again what this leaves for later.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: UrlRule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build
