"""The check itself: what a document uses, how many mail programs show it, and one number for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailpit_py.checks.compatibility import markup, sheet, style
from mailpit_py.checks.compatibility.knowledge import Feature, Knowledge, Shares
from mailpit_py.checks.compatibility.markup import Document
from mailpit_py.checks.compatibility.selection import Elements

LARGEST = 5_000_000  # characters of HTML that are looked at
LOOKS = 20_000_000  # at an element, for the selectors of all rules together
LONGEST_STYLE = 10_000  # characters of one attribute
_SCRIPT = Feature(markup.SCRIPT, "<script> element", "JavaScript is not supported in any email client.", "", "html")
_NOBODY = Shares(unsupported=100.0)
TESTS = markup.SLUGS | sheet.SLUGS | style.SLUGS


@dataclass(frozen=True, slots=True)
class Warning:
    """A feature that is used, how often, and by how many mail programs it is shown."""

    feature: Feature
    found: int
    shares: Shares


@dataclass(frozen=True, slots=True)
class Total:
    """The worst of all, each weighed by the share of the document's nodes that use it; percent."""

    tests: int
    nodes: int
    supported: float
    partial: float
    unsupported: float


@dataclass(frozen=True, slots=True)
class Report:
    """What is used, the worst first. `is_cut` says that style sheets were too large to be looked at whole."""

    warnings: tuple[Warning, ...]
    platforms: Mapping[str, tuple[str, ...]]
    total: Total
    is_cut: bool = False


def linked_sheets(html: str) -> list[str]:
    """Return the addresses of the style sheets that a document links to, each once, in their order."""
    return markup.links(html[:LARGEST])


def check(html: str, knowledge: Knowledge, linked: Iterable[str] = ()) -> Report:
    """Return which mail programs show what is in `html`; `linked` are the texts of the sheets it links to."""
    document = Document(html[:LARGEST])
    sheets = sheet.read([*document.sheets(), *linked])
    in_rules, is_cut = _in_styles(document, sheets.rules)
    found = document.uses() + sheets.found + in_rules
    warnings = sorted(_warnings(found, knowledge), key=_weight, reverse=True)
    total = _total(warnings, document.nodes)
    return Report(tuple(warnings), knowledge.platforms, total, is_cut=is_cut or sheets.is_cut)


def _in_styles(document: Document, rules: Iterable[tuple[list[Any], Counter[str]]]) -> tuple[Counter[str], bool]:
    """Return how many elements use each thing in their styles, and whether rules were left out.

    A rule counts for every element that its selector finds, as if it stood in its `style` attribute.
    """
    elements = Elements(document.tree, LOOKS)
    used_by: dict[int, Counter[str]] = dict(_in_attributes(elements.nodes))
    is_cut = False
    for selector, used in rules:
        found = elements.find(selector) if used else frozenset()
        is_cut = is_cut or found is None
        for number in found or ():
            used_by[number] = _joined(used_by[number], used) if number in used_by else used
    total = Counter[str]()
    for used in used_by.values():
        total.update(used)
    return total, is_cut


def _in_attributes(nodes: Iterable[Any]) -> Iterator[tuple[int, Counter[str]]]:
    """Yield the numbers of elements with what their own attributes use, if it is anything."""
    known: dict[str, Counter[str]] = {}  # mail that is made by programs says the same a thousand times
    for number, node in enumerate(nodes):
        own = Counter(markup.of_attributes(node))
        written = (node.attributes.get("style") or "")[:LONGEST_STYLE]
        if written:
            if written not in known:
                known[written] = style.of_attribute(written)
            own |= known[written]
        if own:
            yield number, own


def _joined(left: Counter[str], right: Counter[str]) -> Counter[str]:
    """Add up what counts by its occurrences; everything else is there once."""
    both = left + right
    return Counter({slug: count if slug in style.COUNTED else 1 for slug, count in both.items()})


def _warnings(found: Counter[str], knowledge: Knowledge) -> Iterator[Warning]:
    for slug, count in found.items():
        if slug == markup.SCRIPT:
            yield Warning(_SCRIPT, count, _NOBODY)
        elif slug in knowledge.features:
            feature = knowledge.features[slug]
            yield Warning(feature, count, feature.shares)


def _weight(warning: Warning) -> tuple[float, str]:
    return (warning.shares.unsupported + warning.shares.partial) * warning.found, warning.feature.slug


def _total(warnings: Iterable[Warning], nodes: int) -> Total:
    of_all = max(nodes, 1)
    partial = unsupported = 0.0
    for one in warnings:
        share = min(one.found / of_all, 1.0)
        partial = max(partial, one.shares.partial * share)
        unsupported = max(unsupported, one.shares.unsupported * share)
    return Total(len(TESTS), nodes, max(0.0, 100 - partial - unsupported), partial, unsupported)
