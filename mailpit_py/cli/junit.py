"""JUnit XML: the report of test cases that every CI shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

# What XML 1.0 cannot carry (§2.2).
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its name, how long it took, and what failed in it; nothing is a success."""

    name: str
    seconds: float = 0.0
    failure: str = ""
    text: str = ""


def document(suite: str, cases: Sequence[Case]) -> str:
    """Return the report of one suite."""
    failures = str(sum(bool(case.failure) for case in cases))
    numbers = {"tests": str(len(cases)), "failures": failures, "errors": "0"}
    root = ElementTree.Element("testsuites", numbers)
    element = ElementTree.SubElement(root, "testsuite", {"name": suite, **numbers})
    for case in cases:
        one = ElementTree.SubElement(
            element, "testcase", {"classname": suite, "name": _clean(case.name), "time": f"{case.seconds:.3f}"}
        )
        if case.failure:
            ElementTree.SubElement(one, "failure", {"message": _clean(case.failure)}).text = _clean(case.text)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("\ufffd", text)
