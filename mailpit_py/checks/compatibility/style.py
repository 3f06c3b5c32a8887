"""What a list of CSS declarations uses, by the slugs of caniemail.com."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import tinycss2

# Properties whose page has another name than they have; all other pages `css-NAME` are about the property NAME.
_PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "css-animation": tuple(
            f"animation{each}"
            for each in ("", *(f"-{one}" for one in ["name", "duration", "delay", "direction", "timing-function"]))
        ),
        "css-block-inline-size": ("block-size",),
        "css-border-inline-block": ("border-inline", "border-block"),
        "css-border-inline-block-longhand": tuple(
            f"border-{axis}-{what}" for axis in ("inline", "block") for what in ("color", "style", "width")
        ),
        "css-border-inline-block-individual": tuple(
            f"border-{axis}-{edge}{what}"
            for axis in ("inline", "block")
            for edge in ("start", "end")
            for what in ("", "-color", "-style", "-width")
        ),
        "css-border-radius-logical": tuple(
            f"border-{block}-{inline}-radius" for block in ("start", "end") for inline in ("start", "end")
        ),
        "css-column-layout-properties": ("columns", "column-width", "column-rule", "column-span", "column-fill"),
        "css-gap": ("gap", "column-gap", "row-gap", "grid-gap", "grid-column-gap", "grid-row-gap"),
        "css-grid-template": (
            "grid-template",
            "grid-template-areas",
            "grid-template-columns",
            "grid-template-rows",
        ),
        "css-left-right-top-bottom": ("left", "right", "top", "bottom"),
        "css-margin-block-start-end": ("margin-block-start", "margin-block-end"),
        "css-margin-inline-block": ("margin-inline", "margin-block"),
        "css-margin-inline-start-end": ("margin-inline-start", "margin-inline-end"),
        "css-padding-block-start-end": ("padding-block-start", "padding-block-end"),
        "css-padding-inline-block": ("padding-inline", "padding-block"),
        "css-padding-inline-start-end": ("padding-inline-start", "padding-inline-end"),
        "css-scroll-snap": ("scroll-snap-type", "scroll-snap-align", "scroll-snap-stop"),
    }
)
_PROPERTY_NAMES = """
accent-color align-items aspect-ratio backdrop-filter background background-blend-mode background-clip background-color
background-image background-origin background-position background-repeat background-size border border-collapse
border-image border-radius border-spacing box-shadow box-sizing caption-side clear clip-path color-scheme column-count
direction display empty-cells filter flex-direction flex-wrap float font font-kerning font-size-adjust font-stretch
font-weight height hyphenate-character hyphenate-limit-chars hyphens inline-size inset justify-content letter-spacing
line-height list-style list-style-image list-style-position list-style-type margin mask-image max-block-size max-height
max-inline-size max-width min-block-size min-height min-inline-size min-width mix-blend-mode object-fit object-position
opacity outline outline-offset overflow overflow-wrap padding position shape-margin shape-outside tab-size table-layout
text-align text-align-last text-decoration text-decoration-color text-decoration-line text-decoration-skip-ink
text-decoration-style text-decoration-thickness text-emphasis text-emphasis-position text-indent text-justify
text-orientation text-overflow text-shadow text-transform text-underline-offset text-underline-position text-wrap
transform transition visibility white-space white-space-collapse width word-break word-spacing word-wrap writing-mode
z-index
"""
_BY_PROPERTY: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"css-{name}" for name in _PROPERTY_NAMES.split()},
        **{name: slug for slug, names in _PAGES.items() for name in names},
    }
)
_BY_FUNCTION: Mapping[str, str] = MappingProxyType(
    {
        "calc": "css-unit-calc",
        "clamp": "css-function-clamp",
        "conic-gradient": "css-conic-gradient",
        "light-dark": "css-function-light-dark",
        "linear-gradient": "css-linear-gradient",
        "max": "css-function-max",
        "min": "css-function-min",
        "radial-gradient": "css-radial-gradient",
        "rgb": "css-rgb",
        "rgba": "css-rgba",
        "var": "css-variables",
        **dict.fromkeys(("lch", "oklch", "lab", "oklab"), "css-modern-color"),
    }
)
_BY_WORD: Mapping[str, str] = MappingProxyType(
    {
        "initial": "css-unit-initial",
        **dict.fromkeys(("fit-content", "min-content", "max-content"), "css-intrinsic-size"),
        **dict.fromkeys(
            ("system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"), "css-sytem-ui"
        ),  # spelt so there
    }
)
_UNITS = frozenset({"ch", "rem", "vh", "vmax", "vmin", "vw"})
_DISPLAYED = frozenset({"flex", "grid", "none"})
COUNTED = frozenset({"css-unit-initial", *(f"css-unit-{unit}" for unit in _UNITS)})
"""What counts as often as it is written; everything else counts once for each element."""

SLUGS = frozenset(
    {
        *_BY_PROPERTY.values(),
        *_BY_FUNCTION.values(),
        *_BY_WORD.values(),
        *COUNTED,
        *(f"css-display-{word}" for word in _DISPLAYED),
        "css-important",
    }
)
"""Everything that is looked for in declarations."""


def uses(declarations: Iterable[Any]) -> Counter[str]:
    """Return the slugs of what these declarations of tinycss2 use, each once unless it is COUNTED."""
    found = Counter[str]()
    for one in declarations:
        if one.type == "declaration":
            found.update(_of(one))
    return Counter({slug: count if slug in COUNTED else 1 for slug, count in found.items()})


def of_attribute(style: str) -> Counter[str]:
    """Return the slugs of what a `style` attribute uses; see `uses`."""
    return uses(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True))


def _of(declaration: Any) -> Iterator[str]:
    name = declaration.lower_name
    if name in _BY_PROPERTY:
        yield _BY_PROPERTY[name]
    elif name.startswith("--"):
        yield "css-variables"
    if declaration.important:
        yield "css-important"
    words = [token.lower_value for token in declaration.value if token.type == "ident"]
    if name == "display" and words[:1] and words[0] in _DISPLAYED:
        yield f"css-display-{words[0]}"
    yield from _of_value(declaration.value)


def _of_value(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield what a value is made of, inside its functions too."""
    for token in tokens:
        if token.type == "function":
            name = token.lower_name.removeprefix("-webkit-").removeprefix("repeating-")
            if name in _BY_FUNCTION:
                yield _BY_FUNCTION[name]
            yield from _of_value(token.arguments)
        elif token.type == "dimension" and token.lower_unit in _UNITS:
            yield f"css-unit-{token.lower_unit}"
        elif token.type == "ident" and token.lower_value in _BY_WORD:
            yield _BY_WORD[token.lower_value]
        elif token.type.endswith("block"):
            yield from _of_value(token.content)
