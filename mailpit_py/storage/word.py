"""Words as FTS5's tokenizer `unicode61 remove_diacritics 2` sees them; pure.

It need not agree in every rare character: a word found here is looked up by FTS5, which splits it
again by its own tables.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")  # letters and numbers; FTS5 also takes private use characters, which nobody types
_MARKS = frozenset(
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f"
    "\u0311\u031b\u0323\u0324\u0325\u0326\u0327\u0328\u032d\u032e\u0330\u0331"
)  # the combining ones that FTS5 drops


def fold(text: str) -> str:
    """Return `text` in small letters, those of Latin without marks above them, as words are compared."""
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
    if character in _MARKS:
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    # The marks of other scripts tell letters apart, as in й, ή and が, and the tokenizer leaves them there.
    base = decomposed[0] if decomposed[0].isascii() else character
    folded = base.casefold()
    return folded if len(folded) == 1 else base.lower()[0]


_FOLDED = _Folding()
