"""SARIF 2.1.0: findings as code hosts show them beside the code."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mailpit_py import __version__
from mailpit_py.checks.finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def document(findings: Sequence[tuple[str, Finding]]) -> str:
    """Return the log of one run; each finding comes with the file or id of its message."""
    rules = {finding.code: finding for _, finding in findings}
    run = {
        "tool": {
            "driver": {
                "name": "mailpit-py",
                "version": __version__,
                "rules": [
                    {"id": code, "shortDescription": {"text": one.text}, "help": {"text": one.advice}}
                    for code, one in rules.items()
                ],
            }
        },
        "results": [
            {
                "ruleId": finding.code,
                "level": finding.severity.name.lower(),
                "message": {"text": str(finding)},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": name}, "region": {"startLine": 1}}},
                ],
            }
            for name, finding in findings
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"
