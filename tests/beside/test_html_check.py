"""The check of HTML: what a real Mailpit says otherwise than this document tells of ours."""

from __future__ import annotations

import pytest

from tests.beside.checking import checked, found, needs_data, report, warning
from tests.beside.programs import Pair, Server
from tests.beside.table import differs

pytestmark = needs_data


@differs("CSS is found by patterns of text")
@pytest.mark.parametrize(
    ("html", "theirs_found", "ours_found"),
    [
        ("<style>@media screen and (width:1px){}</style>", {}, {"css-at-media": 1}),
        ("<style>@font-face{font-family:x}</style>", {}, {"css-at-font-face": 1}),
        ("<style>*{float:left}</style>", {}, {"css-float": 5}),
        ("<style>p{color:red} /* a:hover */</style>", {"css-pseudo-class-hover": 1}, {}),
        ('<p style="display: grid">x</p>', {"css-display": 1}, {"css-display": 1, "css-display-grid": 1}),
        ('<p style="color:lch(1 2 3)">x</p>', {}, {"css-modern-color": 1}),
        ('<p style="filter:radial-gradient(red,blue)">x</p>', {"css-filter": 1},
         {"css-filter": 1, "css-radial-gradient": 1}),
        ('<p style="scroll-snap-type:x">x</p>', {}, {"css-scroll-snap": 1}),
    ],
)  # fmt: skip
def test_css(theirs: Server, ours: Server, html: str, theirs_found: dict[str, int], ours_found: dict[str, int]) -> None:
    for server, expected in ((theirs, theirs_found), (ours, ours_found)):
        there = found(report(server, f"{html}<p>x</p>"))
        there.pop("html-style", None)
        assert there == expected


@differs("names that no element has")
@pytest.mark.parametrize(
    ("html", "theirs_found", "ours_found"),
    [
        ("<checkbox>", {"html-input-checkbox": 1}, {}),
        ("<radio>", {"html-input-radio": 1}, {}),
        ("<pdf>", {"html-object": 1}, {}),
        ("<submit>", {"html-input-submit": 1, "html-button-submit": 1}, {}),
        ("<input type=checkbox>", {}, {"html-input-checkbox": 1}),
        ("<button type=RESET>", {}, {"html-button-reset": 1}),
        ("<p type=hidden>", {"html-input-hidden": 1}, {}),
        ('<img src="http://x.test/a.gif?b=1">', {}, {"image-gif": 1}),
        ('<img src="cid:a.gif#b">', {}, {"image-gif": 1}),
    ],
)
def test_names(
    theirs: Server, ours: Server, html: str, theirs_found: dict[str, int], ours_found: dict[str, int]
) -> None:
    assert found(report(theirs, html)) == theirs_found
    assert found(report(ours, html)) == ours_found


@differs("about 180 things")
def test_how_many_things_are_looked_for(theirs: Server, ours: Server) -> None:
    html = "<p popover>x</p><marquee></marquee>"
    assert (report(theirs, html)["Total"]["Tests"], found(report(theirs, html))) == (186, {})
    assert report(ours, html)["Total"]["Tests"] == 233
    assert found(report(ours, html)) == {"html-popover": 1, "html-marquee": 1}


@differs("rules inside `@media`")
@pytest.mark.parametrize("condition", ["@media (width:1px)", "@supports (x:y)"])
def test_rules_inside_conditions(theirs: Server, ours: Server, condition: str) -> None:
    html = f"<style>{condition}{{p{{float:left}}}}</style><p>x</p>"
    assert "css-float" not in found(report(theirs, html))
    assert found(report(ours, html))["css-float"] == 1


@differs("attributes as `bgcolor`")
@pytest.mark.parametrize(
    ("html", "slug", "theirs_count", "ours_count"),
    [
        ("<table bgcolor=red><tr><td bgcolor=red>x</table>", "css-background-color", 1, 2),
        ("<table border=1><tr><td border=1>x</table>", "css-border", 1, 2),
        ("<style>p{width:1px}</style><p>x</p><p>y</p>", "css-width", 3, 2),
    ],
)
def test_attributes(
    theirs: Server, ours: Server, html: str, slug: str, theirs_count: int, ours_count: int
) -> None:  # fmt: skip
    assert found(report(theirs, html))[slug] == theirs_count
    assert found(report(ours, html))[slug] == ours_count


@differs('"unknown" counts as partial support')
def test_what_nobody_knows(theirs: Server, ours: Server) -> None:
    html = "<hr>"  # which some programs show, and of some nobody knows
    first, second = (warning(server, html, "html-hr") for server in (theirs, ours))
    assert first["Score"] == {"Found": 1, "Supported": 76.190475, "Partial": 23.809525, "Unsupported": 0}
    assert second["Score"] == {"Found": 1, "Supported": 100, "Partial": 0, "Unsupported": 0}
    # `n #1`: not supported, with a note
    first, second = (warning(server, "<object></object>", "html-object") for server in (theirs, ours))
    assert (first["Score"]["Unsupported"], second["Score"]["Unsupported"]) == (75.5102, 83.67347)
    first, second = (warning(server, "<video></video>", "html-video") for server in (theirs, ours))
    notes = [
        [(one["Support"], one["NoteNumber"]) for one in said["Results"] if one["Name"] == "Outlook macOS (16.80)"]
        for said in (first, second)
    ]
    assert notes == [[("partial", "1")], [("yes", "11")]]


@differs("`Supported` can be negative")
def test_more_often_than_there_are_elements(theirs: Server, ours: Server) -> None:
    html = f'<p style="{"margin:1vmax;" * 5}">x</p>'
    assert report(theirs, html)["Total"]["Supported"] < 0
    assert report(ours, html)["Total"]["Supported"] >= 0


@differs("`Results`, and warnings of one weight")
def test_results_are_in_the_order_of_the_data(both: Pair) -> None:
    names = [[one["Name"] for one in warning(server, "<hr>", "html-hr")["Results"]] for server in both]
    assert set(names[1]) < set(names[0])  # without those of which nobody knows
    assert names[1] == [one["Name"] for one in warning(both.ours, "<hr><hr>", "html-hr")["Results"]]
    assert names[1][0] == "Apple Mail macOS (2023-09)"  # as in the file


@differs("HTML whose body has no element")
@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<link rel=icon href=x>", "json: unsupported value: -Inf"),
        ("<style>p{}</style>", "json: unsupported value: -Inf"),
        ('<img src="a.ppm">', "image-ppm does not exist"),
    ],
)
def test_no_element(theirs: Server, ours: Server, html: str, words: str) -> None:
    answer = checked(theirs, html)
    assert (answer.status, answer.text) == (400, words)
    assert checked(ours, html).status == 200


@differs("descriptions and notes link")
def test_texts(theirs: Server, ours: Server) -> None:
    html = "<svg></svg>"
    assert 'See <a href="/features/image-svg">SVG html</a>' in warning(theirs, html, "html-svg")["Description"]
    there = 'href="https://www.caniemail.com/features/image-svg" target="_blank" rel="noreferrer noopener"'
    assert f"See <a {there}>SVG html</a>" in warning(ours, html, "html-svg")["Description"]
    html = '<p style="width:1vw">x</p>'
    assert "(not in an <iframe>)" in warning(theirs, html, "css-unit-vw")["NotesByNumber"]["1"]
    assert "(not in an &lt;iframe&gt;)" in warning(ours, html, "css-unit-vw")["NotesByNumber"]["1"]


@differs("`Nodes` has `<isindex>`")
@pytest.mark.parametrize(
    ("html", "their_nodes", "our_nodes"),
    [
        ("<p>x</p><isindex>", 2, 1),
        ("<p>x</p><noembed>x</noembed>", 2, 1),
        ("<p>x</p><listing><b>x</b></listing>", 3, 2),
        ("<p>x</p><svg><title><b>x</b></title></svg>", 4, 3),
    ],
)
def test_elements_of_former_times(theirs: Server, ours: Server, html: str, their_nodes: int, our_nodes: int) -> None:
    assert [report(server, html)["Total"]["Nodes"] for server in (theirs, ours)] == [their_nodes, our_nodes]


@differs("`<noscript>` is text")
def test_scripts_are_off(theirs: Server, ours: Server) -> None:
    assert found(report(theirs, "<p><noscript><hr></noscript><template><svg></svg></template>")) == {"html-svg": 1}
    assert found(report(ours, "<p><noscript><hr></noscript><template></template>")) == {"html-hr": 1}
