"""The page's types are the API's own."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from mailpit_py.config import Config
from mailpit_py.node import Node

WEB = Path(__file__).parents[2] / "web"


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine")
def test_the_types_of_the_page_are_made_from_the_openapi_document() -> None:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0")) as node:
        document = urllib.request.urlopen(f"{node.url}api/v2/openapi.json", timeout=30).read()
    made = subprocess.run(
        ["node", "scripts/schema.mjs"], cwd=WEB, input=document, capture_output=True, check=True
    ).stdout
    assert made.decode() == (WEB / "src/api/schema.ts").read_text("utf-8"), (
        "see the first lines of web/scripts/schema.mjs"
    )
