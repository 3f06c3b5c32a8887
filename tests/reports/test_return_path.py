"""VERP, BATV and SRS undone."""

from __future__ import annotations

import pytest

from mailpit_py.reports import Decoded, decode_reverse_path


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("bounces+ann=dest.example@app.example", ["VERP: ann@dest.example (list bounces@app.example)"]),
        ("bounces-ann.lee+tag=dest.example@app.example", ["VERP: ann.lee+tag@dest.example (list bounces@app.example)"]),
        ("ann=dest.example@bounces.app.example", ["VERP: ann@dest.example (list @bounces.app.example)"]),
        (
            "prvs=0123abcdef=news@app.example",
            ["BATV: news@app.example (key 0, expires on day 123 of 1000, signature abcdef)"],
        ),
        (
            "SRS0=hAsH=2G=app.example=news@forward.example",
            ["SRS0: news@app.example (forwarded by forward.example, hash hAsH, day 838 of 1024)"],
        ),
        (
            "srs0+hAsH=1?=app.example=news@forward.example",
            ["SRS0: news@app.example (forwarded by forward.example, hash hAsH, day 1?)"],
        ),
        (
            "SRS1=HH=forward.example==hAsH=2G=app.example=news@second.example",
            [
                "SRS1: SRS0=hAsH=2G=app.example=news@forward.example (forwarded by second.example, hash HH)",
                "SRS0: news@app.example (forwarded by forward.example, hash hAsH, day 838 of 1024)",
            ],
        ),
        (
            "prvs=9001ABCDEF=list+ann=dest.example@app.example",
            [
                "BATV: list+ann=dest.example@app.example (key 9, expires on day 001 of 1000, signature ABCDEF)",
                "VERP: ann@dest.example (list list@app.example)",
            ],
        ),
        ("bounces+v=erp@app.example", []),
        ("plain@app.example", []),
        ("prvs=nothing=news@app.example", []),
        ("no-domain", []),
        ("", []),
    ],
)
def test_a_reverse_path_is_decoded_from_the_outside_in(address, expected):
    assert [layer.explanation for layer in decode_reverse_path(address)] == expected


def test_a_layer_without_facts_is_said_without_brackets():
    assert Decoded("VERP", "a@b.example").explanation == "VERP: a@b.example"


def test_layers_without_end_are_left():
    assert len(decode_reverse_path("prvs=0123abcdef=" * 20 + "news@app.example")) == 5
