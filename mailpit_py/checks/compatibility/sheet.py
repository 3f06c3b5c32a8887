"""Style sheets taken apart: rules with what they use, and what only stands in a sheet (at-rules, pseudo-classes)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import tinycss2

from mailpit_py.checks.compatibility.style import uses

_AT_RULES: Mapping[str, str] = MappingProxyType(
    {name: f"css-at-{name}" for name in ("font-face", "import", "keyframes", "media", "supports")}
)
_VENDOR = re.compile(r"^-(?:webkit|moz|ms|o)-")
_MEDIA: Mapping[str, str] = MappingProxyType(
    {
        "-webkit-device-pixel-ratio": "css-at-media-device-pixel-ratio",
        "-webkit-min-device-pixel-ratio": "css-at-media-device-pixel-ratio",
        "-webkit-max-device-pixel-ratio": "css-at-media-device-pixel-ratio",
        "hover": "css-at-media-hover",
        "any-hover": "css-at-media-hover",
        "orientation": "css-at-media-orientation",
        "prefers-color-scheme": "css-at-media-prefers-color-scheme",
        "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
    }
)
_CLASSES = """
active checked default first-child first-of-type focus focus-visible focus-within has hover lang last-child last-of-type
link not nth-child nth-last-child nth-last-of-type nth-of-type only-child only-of-type target visited
"""
_ELEMENTS = "after before first-letter first-line marker placeholder"
_PSEUDO: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"css-pseudo-class-{name}" for name in _CLASSES.split()},
        **{name: f"css-pseudo-element-{name}" for name in _ELEMENTS.split()},
    }
)
SLUGS = frozenset({*_AT_RULES.values(), *_MEDIA.values(), *_PSEUDO.values(), "css-nesting"})
"""Everything that is looked for in sheets beside what declarations use."""

_GROUPS = frozenset({"media", "supports", "layer", "container"})
_LARGEST = 500_000
_DEEPEST = 60


@dataclass(slots=True)
class Sheet:
    """What sheets hold: rules as the tokens of their selector and what they use, and how often things stand there."""

    rules: list[tuple[list[Any], Counter[str]]] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    is_cut: bool = False


def read(sources: Iterable[str]) -> Sheet:
    """Return what is in these sheets together. Those that are too large or too deep are left out, and it says so."""
    sheet = Sheet()
    for source in sources:
        if len(source) > _LARGEST or _depth(source) > _DEEPEST:
            sheet.is_cut = True
            continue
        parsed = tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)
        _rules(parsed, sheet)
    return sheet


def _depth(source: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"[(\[{]|[)\]}]", source):
        depth = depth + 1 if match[0] in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _rules(rules: Iterable[Any], sheet: Sheet) -> None:
    for rule in rules:
        if rule.type == "qualified-rule":
            _style_rule(rule, sheet)
        elif rule.type == "at-rule":
            _at_rule(rule, sheet)


def _style_rule(rule: Any, sheet: Sheet) -> None:
    sheet.found.update(_pseudo(rule.prelude))
    content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    sheet.rules.append((rule.prelude, uses(content)))
    nested = [one for one in content if one.type == "qualified-rule"]
    if nested:
        sheet.found["css-nesting"] += len(nested)
        _rules(nested, sheet)


def _at_rule(rule: Any, sheet: Sheet) -> None:
    name = _VENDOR.sub("", rule.lower_at_keyword)
    if name in _AT_RULES:
        sheet.found[_AT_RULES[name]] += 1
    if name == "media":
        sheet.found.update(_media(rule.prelude))
    if name in _GROUPS and rule.content is not None:
        _rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), sheet)


def _media(prelude: Iterable[Any]) -> Iterator[str]:
    for block in prelude:
        if block.type == "() block":
            names = [token.lower_value for token in block.content if token.type == "ident"]
            yield from (_MEDIA[name] for name in names[:1] if name in _MEDIA)


def _pseudo(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield the pseudo-classes and pseudo-elements of a selector, in brackets too."""
    colon = False
    for token in tokens:
        name = ""
        if token.type == "function":
            name = token.lower_name
            yield from _pseudo(token.arguments)
        elif token.type == "ident":
            name = token.lower_value
        if colon and (name := _VENDOR.sub("", name)) in _PSEUDO:
            yield _PSEUDO[name]
        colon = token == ":"
