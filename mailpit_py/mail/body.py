"""Which parts a mail reader shows as text, which as HTML, and which it lists as files."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailpit_py.mail.part import Part

_TEXT = "text/plain"
_HTML = "text/html"
_HTML_TYPES = (_HTML, "application/xhtml+xml")


@dataclass(slots=True)
class Selection:
    """Leaf parts in the order of the message: two views of the same content, and the rest."""

    text: list[Part] = field(default_factory=list)  # plain text where there is any, else HTML
    html: list[Part] = field(default_factory=list)  # HTML where there is any, else plain text
    files: list[Part] = field(default_factory=list)
    inline: list[Part] = field(default_factory=list)  # resources of an HTML body

    @property
    def has_text(self) -> bool:
        """Whether the text view has plain text of the sender's own."""
        return not all(map(is_html, self.text))

    @property
    def has_html(self) -> bool:
        """Whether the HTML view has HTML of the sender's own."""
        return any(map(is_html, self.html))


def is_html(part: Part) -> bool:
    """Whether the part is an HTML document."""
    return part.content_type in _HTML_TYPES


def select(root: Part) -> Selection:
    """Choose as a reader does: the best of alternatives, the root of related, all of mixed.

    Bottom-up over the parts in reverse order, so that depth costs no stack. Messages inside are
    files; they are not looked into.
    """
    if not _opened(root):
        return _leaf(root, root)
    done: dict[int, Selection] = {}
    for part in reversed(list(_outer_parts(root))):
        done[id(part)] = (
            _combine(part, [done.pop(id(child)) for child in part.children]) if _opened(part) else _leaf(part, root)
        )
    return done[id(root)]


def _opened(part: Part) -> bool:
    return part.is_multipart and bool(part.children)


def _outer_parts(root: Part) -> list[Part]:
    parts: list[Part] = []
    stack = [root]
    while stack:
        part = stack.pop()
        parts.append(part)
        if _opened(part):
            stack.extend(reversed(part.children))
    return parts


def _leaf(part: Part, root: Part) -> Selection:
    readable = part.content_type == _TEXT or is_html(part) or part.is_multipart
    if part is root and readable and part.disposition != "attachment":
        return Selection([part], [part])
    if readable and part.disposition != "attachment" and (not part.filename or part.disposition == "inline"):
        return Selection([part], [part])
    return Selection(files=[part])


def _combine(part: Part, children: list[Selection]) -> Selection:
    if part.content_type == "multipart/alternative":
        return _alternative(part, children)
    if part.content_type == "multipart/related":
        return _related(part, children)
    together = Selection()
    for child in children:
        together.text += child.text
        together.html += child.html
        together.files += child.files
        together.inline += child.inline
    return together


def _alternative(part: Part, children: list[Selection]) -> Selection:
    """The last child that has plain text, the last that has HTML (RFC 2046 §5.1.4: the best is last)."""
    chosen = Selection()
    for source, child in zip(part.children, children, strict=True):
        if child.has_text or not chosen.text:
            chosen.text = child.text or chosen.text
        if child.has_html or not chosen.has_html:
            chosen.html = child.html or chosen.html
        if not _is_passed_over(source):
            chosen.files += child.files
        chosen.inline += child.inline
    return chosen


def _is_passed_over(part: Part) -> bool:
    """An alternative that readers do not understand and that is no file either: AMP, a calendar."""
    return part.content_type.startswith("text/") and part.disposition != "attachment" and not part.filename


def _related(part: Part, children: list[Selection]) -> Selection:
    """The root document, which `start` may name (RFC 2387 §3.2); the rest are its resources."""
    start = part.parameters.get("start", "").strip("<> ")
    index = next((i for i, child in enumerate(part.children) if start and child.content_id == start), 0)
    chosen = children[index]
    for i, (child, selected) in enumerate(zip(part.children, children, strict=True)):
        if i == index:
            continue
        leaves = selected.text + selected.files
        chosen.inline += selected.inline
        for leaf in leaves:
            resource = leaf is child and child.disposition != "attachment" and _is_named(child)
            (chosen.inline if resource else chosen.files).append(leaf)
    return chosen


def _is_named(part: Part) -> bool:
    return bool(part.content_id or part.content_location)
