"""Words as FTS5's tokenizer `unicode61 remove_diacritics 2` sees them; pure.

It need not agree in every rare character: a word found here is looked up by FTS5, which splits it
again by its own tables.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")  # letters and numbers; FTS5 also takes private use characters, which nobody types


def fold(text: str) -> str:
    """Return `text` in small letters and without marks above them, as words are compared."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDED)


def split(folded: str) -> list[str]:
    """The words of a folded text, in order."""
    return _WORD.findall(folded)


class _Folding(dict[int, str]):
    """A translation table that fills itself with the characters that occur."""

    def __missing__(self, code: int) -> str:
        if len(self) >= 20_000:
            self.clear()
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if "\u0300" <= character <= "\u0331":
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    base = decomposed[0] if all(map(unicodedata.combining, decomposed[1:])) else character
    folded = base.casefold()
    return folded if len(folded) == 1 else base.lower()[0]


_FOLDED = _Folding()
