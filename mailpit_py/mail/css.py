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
_SUSPECT = re.compile(r"url|image|src|expression|behaviou?r|binding|element|attr|paint|cross-fade|--", re.I)
_URL_FUNCTIONS = frozenset(["url", "src"])
_IMAGE_FUNCTIONS = frozenset(["image-set", "-webkit-image-set", "image", "-webkit-image"])
_SUBSTITUTING_NAMES = "var env attr if inherit random-item first-valid toggle ident string"
_SUBSTITUTING = frozenset(_SUBSTITUTING_NAMES.split())
_LOADING = _URL_FUNCTIONS | _IMAGE_FUNCTIONS | {"cross-fade", "-webkit-cross-fade", "paint"}
_URL_LIKE = re.compile(r"[\x00-\x20]*+(?:(?:https?|ftp|wss?|data|blob|file):|[/\\]{2})", re.I)
_RUNNING = frozenset(["behavior", "-moz-binding", "-ms-behavior"])
_DROPPED_RULES = frozenset(["charset", "namespace"])
_DEEPEST = 60
_LARGEST = 500_000


def inline(style: str, resource: Resource) -> str:
    """Return the declarations of a `style` attribute, made safe; see `sheet`."""
    return style.strip() if is_plain(style) else sheet(style, resource)


def is_plain(style: str) -> bool:
    """Whether a `style` attribute is harmless as it stands, which is seen without taking it apart."""
    return len(style) < 4_000 and _PLAIN.fullmatch(style) is not None and not _SUSPECT.search(style)


def sheet(style: str, resource: Resource) -> str:
    """Return a style sheet in which every URL is one that `resource` gave back.

    URLs it refuses become `none`, as do images whose URL a variable would fill in; @import and
    @font-face go with theirs. Rules that could run something in an old browser are dropped. What is
    too large or too deep gives `''`.
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


def _clean(tokens: list[Any], resource: Resource, *, custom: bool = False) -> list[Any]:
    """The tokens of one level made safe; blocks and functions are cleaned within.

    `custom` says that they belong to the value of a custom property: a string there may be a URL
    that is used elsewhere.
    """
    out: list[Any] = []
    custom_until = len(tokens) if custom else 0
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
        elif position >= custom_until and _is_custom_property(tokens, position):
            custom_until = _end_of_declaration(tokens, position)
        for kept in _clean_token(token, resource, custom=position < custom_until):
            if out and out[-1] == "<" and kept.type != "whitespace":  # nothing may look like a tag
                out.append(ast.WhitespaceToken(kept.source_line, kept.source_column, " "))
            out.append(kept)
        position += 1
    return out


def _is_custom_property(tokens: list[Any], position: int) -> bool:
    """Whether the declaration of a custom property begins here (CSS Custom Properties 1 §2)."""
    if tokens[position].type != "ident" or not tokens[position].value.startswith("--"):
        return False
    rest = (token for token in tokens[position + 1 : position + 3] if token.type != "whitespace")
    return next(rest, None) == ":"


def _end_of_declaration(tokens: list[Any], position: int) -> int:
    return next((index for index in range(position, len(tokens)) if tokens[index] == ";"), len(tokens))


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


def _clean_token(token: Any, resource: Resource, *, custom: bool) -> Iterator[Any]:
    kind = token.type
    if kind == "url":
        yield _url(token, token.value, resource)
    elif kind == "function":
        yield _clean_function(token, resource, custom=custom)
    elif kind.endswith("block"):
        token.content[:] = _clean(token.content, resource, custom=custom)
        yield token
    elif kind == "string":
        yield _string(token, resource if custom and _URL_LIKE.match(token.value) else str)
    elif kind != "error" and token not in ("<!--", "-->", "\\"):
        yield token


def _clean_function(token: Any, resource: Resource, *, custom: bool) -> Any:
    name = token.lower_name
    if name in _LOADING and _substitutes(token.arguments):
        return _none(token)
    if name in _URL_FUNCTIONS:
        strings = [argument.value for argument in token.arguments if argument.type == "string"]
        return _url(token, strings[0] if strings else "", resource)
    if name in ("expression", "element", "-moz-element"):
        return _none(token)
    if name in _IMAGE_FUNCTIONS:
        named = list(urls(token.arguments, in_import=True))
        if None in [resource(url) for url in named]:
            return _none(token)
    token.arguments[:] = _clean(token.arguments, resource, custom=custom)
    return token


def _substitutes(tokens: list[Any]) -> bool:
    """Whether a browser would put something here that is written elsewhere: nobody can tell which URL."""
    for token in tokens:
        if token.type == "function":
            name = token.lower_name
            if name in _SUBSTITUTING or name.startswith("--") or _substitutes(token.arguments):
                return True
        elif token.type.endswith("block") and _substitutes(token.content):
            return True
    return False


def _string(token: Any, resource: Resource) -> Any:
    allowed = resource(token.value)
    if allowed is None:
        return _none(token)
    return ast.StringToken(token.source_line, token.source_column, allowed, _quoted(allowed))


def _url(token: Any, url: str, resource: Resource) -> Any:
    allowed = resource(url)
    if allowed is None:
        return _none(token)
    return ast.URLToken(token.source_line, token.source_column, allowed, f"url({_quoted(allowed)})")


def _quoted(text: str) -> str:
    return '"' + _UNQUOTABLE.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _none(token: Any) -> Any:
    return ast.IdentToken(token.source_line, token.source_column, "none")
