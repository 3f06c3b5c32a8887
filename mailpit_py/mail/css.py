"""Style sheets and inline styles without anything that loads or runs, on tinycss2's tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import tinycss2
from tinycss2 import ast

Resource = Callable[[str], str | None]

_PLAIN = re.compile(r"[\w\s:;#%.,()!'\"+-]*")
_UNQUOTABLE = re.compile(r"[\x00-\x1f\"\\<>\x7f]")
_ESCAPED_LESS = re.compile(r"(?<!\\)((?:\\\\)*+)\\<")
_SUSPECT = re.compile(r"url|image|src|expression|behaviou?r|binding|element|attr", re.I)
_URL_FUNCTIONS = frozenset(["url", "src"])
_IMAGE_FUNCTIONS = frozenset(["image-set", "-webkit-image-set", "image", "-webkit-image"])
_RUNNING = frozenset(["behavior", "-moz-binding", "-ms-behavior"])
_DROPPED_RULES = frozenset(["charset", "namespace"])
_DEEPEST = 60
_LARGEST = 500_000


def inline(style: str, resource: Resource) -> str:
    """Return the declarations of a `style` attribute, made safe; see `sheet`."""
    if len(style) < 4_000 and _PLAIN.fullmatch(style) and not _SUSPECT.search(style):
        return style.strip()
    return sheet(style, resource)


def sheet(style: str, resource: Resource) -> str:
    """Return a style sheet in which every URL is one that `resource` gave back.

    URLs it refuses become `none`; @import and @font-face go with theirs. Rules that could run
    something in an old browser are dropped. What is too large or too deep gives `''`.
    """
    if len(style) > _LARGEST or _depth(style) > _DEEPEST:
        return ""
    tokens = tinycss2.parse_component_value_list(style, skip_comments=True)
    cleaned = _clean(tokens, resource)
    while cleaned and cleaned[-1].type == "whitespace":
        cleaned.pop()
    text = _ESCAPED_LESS.sub(r"\1\\3c ", str(tinycss2.serialize(cleaned)).lstrip())
    return "" if "</" in text else text  # it would end the style element


def _depth(style: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"[(\[{]|[)\]}]", style):
        depth = depth + 1 if match[0] in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _clean(tokens: list[Any], resource: Resource) -> list[Any]:
    """The tokens of one level made safe; blocks and functions are cleaned within."""
    out: list[Any] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _end_of_statement(tokens, position)
        if token.type == "at-keyword":
            name = token.lower_value
            if name in _DROPPED_RULES or (
                name in ("import", "font-face") and not _loads_allowed(tokens[position:end], resource)
            ):
                position = end
                continue
        elif token.type == "ident" and token.lower_value in _RUNNING:
            position = end
            continue
        for kept in _clean_token(token, resource):
            if out and out[-1] == "<" and kept.type != "whitespace":  # nothing may look like a tag
                out.append(ast.WhitespaceToken(kept.source_line, kept.source_column, " "))
            out.append(kept)
        position += 1
    return out


def _end_of_statement(tokens: list[Any], position: int) -> int:
    """Past the next semicolon or block; looked up only for what may be dropped."""
    token = tokens[position]
    if token.type not in ("at-keyword", "ident"):
        return position + 1
    if token.lower_value not in _RUNNING | _DROPPED_RULES | {"import", "font-face"}:
        return position + 1
    for index in range(position + 1, len(tokens)):
        if tokens[index] == ";" or tokens[index].type == "{} block":
            return index + 1
    return len(tokens)


def _loads_allowed(tokens: list[Any], resource: Resource) -> bool:
    """Whether an @import or @font-face names URLs, all of them allowed."""
    named = list(urls(tokens, in_import=tokens[0].lower_value == "import"))
    answers = [resource(url) for url in named]
    return bool(named) and None not in answers


def urls(tokens: list[Any], *, in_import: bool = False) -> Iterator[str]:
    """The URLs that a list of tokens names, in order; in an @import a string is one too."""
    for token in tokens:
        if token.type == "url" or (token.type == "string" and in_import):
            yield token.value
        elif token.type == "function":
            yield from urls(token.arguments, in_import=token.lower_name in _URL_FUNCTIONS)
        elif token.type.endswith("block"):
            yield from urls(token.content, in_import=False)


def _clean_token(token: Any, resource: Resource) -> Iterator[Any]:
    kind = token.type
    if kind == "url":
        yield _url(token, token.value, resource)
    elif kind == "function":
        yield _clean_function(token, resource)
    elif kind.endswith("block"):
        token.content[:] = _clean(token.content, resource)
        yield token
    elif kind == "string":
        yield ast.StringToken(token.source_line, token.source_column, token.value, _quoted(token.value))
    elif kind != "error" and token not in ("<!--", "-->", "\\"):
        yield token


def _clean_function(token: Any, resource: Resource) -> Any:
    name = token.lower_name
    if name in _URL_FUNCTIONS:
        strings = [argument.value for argument in token.arguments if argument.type == "string"]
        return _url(token, strings[0] if strings else "", resource)
    if name in ("expression", "element", "-moz-element"):
        return _none(token)
    if name in _IMAGE_FUNCTIONS:
        named = list(urls(token.arguments, in_import=True))
        if None in [resource(url) for url in named]:
            return _none(token)
    token.arguments[:] = _clean(token.arguments, resource)
    return token


def _url(token: Any, url: str, resource: Resource) -> Any:
    allowed = resource(url)
    if allowed is None:
        return _none(token)
    return ast.URLToken(token.source_line, token.source_column, allowed, f"url({_quoted(allowed)})")


def _quoted(text: str) -> str:
    return '"' + _UNQUOTABLE.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _none(token: Any) -> Any:
    return ast.IdentToken(token.source_line, token.source_column, "none")
