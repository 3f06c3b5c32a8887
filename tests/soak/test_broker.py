"""The sample applications' broker: a worker never sees a task that is half written, as Kombu's own lets it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from tests.soak.running import SUITE


def test_a_task_is_taken_only_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SUITE))
    folders = {f"data_folder_{way}": str(tmp_path) for way in ("in", "out")}
    with Connection("filesystem://", transport="broker:Transport", transport_options=folders) as connection:
        channel = connection.channel()
        replace, looks = os.replace, []

        def look_and_replace(unfinished: Path, name: Path) -> None:
            with pytest.raises(Empty):
                channel._get("celery")
            looks.append(name)
            replace(unfinished, name)

        monkeypatch.setattr(os, "replace", look_and_replace)
        channel._put("celery", {"task": "welcome"})
        assert (channel._get("celery"), len(looks)) == ({"task": "welcome"}, 1)
    monkeypatch.delitem(sys.modules, "broker")
