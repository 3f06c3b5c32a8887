"""Which mail programs show a message: what is found in tags, attributes and sheets, and what it comes to."""

from __future__ import annotations

import json

import pytest

from mailpit_py.checks import compatibility
from mailpit_py.checks.compatibility import Knowledge, Support, linked_sheets
from mailpit_py.checks.compatibility.report import LOOKS, TESTS
from mailpit_py.checks.compatibility.wording import as_html, as_text


def found(html: str, knowledge: Knowledge, *linked: str) -> dict[str, int]:
    """How often each thing is found."""
    return {one.feature.slug: one.found for one in compatibility.check(html, knowledge, linked).warnings}


def test_all_that_is_looked_for_is_in_the_data(knowledge):
    assert set(knowledge.features) >= TESTS - {"html-script"}


# Mailpit's own cases (A.9); units, which it counts apart, are left out of what is compared.
INLINE = [
    ('style="transform: rotate(20deg)"', "css-transform"),
    ('style="color: green; transform: rotate(20deg)"', "css-transform"),
    ('style="color:green; transform :rotate(20deg)"', "css-transform"),
    ('style="TRANSFORM:rotate(20deg)"', "css-transform"),
    ('style="transform:\t\trotate(20deg)"', "css-transform"),
    ('style="ignore-transform: something"', ""),
    ('style="text-transform: uppercase"', "css-text-transform"),
    ('style="text-transform: uppercase; text-transform: uppercase"', "css-text-transform"),
    ('style="test-transform: uppercase"', ""),
    ('style="padding-inline-start: 5rem"', "css-padding-inline-start-end"),
    ('style="margin-inline-end: 5rem"', "css-margin-inline-start-end"),
    ('style="margin-inline-middle: 5rem"', ""),
    ('style="color:green!important"', "css-important"),
    ('style="color: green !important"', "css-important"),
    ('style="color: green!important;"', "css-important"),
    ('style="color: green!important-stuff"', ""),
    ("style=\"background-image:url('img.jpg')\"", "css-background-image"),
    ("style=\"background-image:url('img.jpg'); color: green\"", "css-background-image"),
    ("style=\"color: green; background-image:url('img.jpg')\"", "css-background-image"),
    ('style="display  : flex ;"', "css-display css-display-flex"),
    ('style="DISPLAY:FLEX;"', "css-display css-display-flex"),
    ('style="display: flexing;"', "css-display"),
    (
        'style="line-height: 1rem;opacity: 0.5; width: calc(10px + 100px)"',
        "css-line-height css-opacity css-unit-calc css-width",
    ),
    ('style="color: rgb(255,255,255)"', "css-rgb"),
    ('style="color:rgb(255,255,255)"', "css-rgb"),
    ('style="color:rgba(255,255,255, 0)"', "css-rgba"),
    ('style="border: solid rgb(255,255,255) 1px; color:rgba(255,255,255, 0)"', "css-border css-rgb css-rgba"),
    ('border="2"', "css-border"),
    ('border="2" background="green"', "css-background css-border"),
    ('BORDER="2" BACKGROUND="green"', "css-background css-border"),
    ('border-something="2" background-something="green"', ""),
    ('border="2" style="border: solid green 1px!important"', "css-border css-important"),
]


@pytest.mark.parametrize(("attributes", "slugs"), INLINE)
def test_attributes_are_read_as_mailpit_reads_them(knowledge, attributes, slugs):
    html = f"<h1 {attributes}>A heading</h1>"
    assert sorted(one for one in found(html, knowledge) if one != "css-unit-rem") == slugs.split()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>nothing</p>", {}),
        ("<html><body><p>x</p></body></html>", {"html-body": 1}),
        ("<hr><hr>", {"html-hr": 2}),
        ("<object></object><embed>", {"html-object": 2}),
        ("<svg><circle/></svg>", {"html-svg": 1}),
        ("<!-- <svg></svg> <link> -->", {}),
        ("<form><input TYPE=Checkbox><input type='radio'><input type=text></form>",
         {"html-form": 1, "html-input-checkbox": 1, "html-input-radio": 1, "html-input-text": 1}),
        ("<textarea><svg></textarea>", {"html-textarea": 1, "html-svg": 1}),
        ("<a href='#top'>up</a><a href='/#top'>up</a>", {"html-anchor-links": 1}),
        ("<script>1</script><script type='application/ld+json'>{}</script>", {"html-script": 1}),
        ("<meta name='color-scheme' content='light dark'>", {"html-meta-color-scheme": 1}),
        ("<img src='a.png'><img src='b.webp?x=1'><img src='https://x.test/c.TIF'>", {"image-webp": 1, "image-tiff": 1}),
        ("<img src='data:image/png;base64,AAAA'>", {"image-base64": 1}),
        ("<nav></nav><article><time></time></article>", {"html-semantics": 3}),
        ("<td width=1></td><table width=1><tr><td width=1></table>", {"css-width": 2}),
    ],
)  # fmt: skip
def test_tags_are_counted(knowledge, html, expected):
    assert found(html, knowledge) == expected


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("p { float: left }", {"css-float": 3}),
        ("p, b { float: left }", {"css-float": 4}),
        (".a p { float: left }", {"css-float": 2}),
        (".a > p { float: left }", {"css-float": 1}),
        ("h1 + p { float: left }", {"css-float": 1}),
        ("h1 ~ p { float: left }", {"css-float": 1}),
        (".a .b p { float: left }", {"css-float": 1}),
        (".b .a p { float: left }", {}),
        ("p:not(.c) { float: left }", {"css-float": 2, "css-pseudo-class-not": 1}),
        ("p { width: 2rem; height: 1rem } .c { margin: 1rem }",
         {"css-width": 3, "css-height": 3, "css-margin": 1, "css-unit-rem": 7}),
        ("a:hover, li::marker { float: left }", {"css-pseudo-class-hover": 1, "css-pseudo-element-marker": 1}),
        ("input::-moz-placeholder { color: red }", {"css-pseudo-element-placeholder": 1}),
        ("@font-face{font-family:x}", {"css-at-font-face": 1}),
        ("@media screen and (max-width: 9em) { p { float: left } }", {"css-at-media": 1, "css-float": 3}),
        ("@media (prefers-color-scheme: dark) {}", {"css-at-media": 1, "css-at-media-prefers-color-scheme": 1}),
        ("@-webkit-keyframes x { from { opacity: 0 } }", {"css-at-keyframes": 1}),
        ("@import url(x.css);", {"css-at-import": 1}),
        (".a { & p { float: left } }", {"css-nesting": 1}),
        ("p { color: var(--x) } :root { --x: red }", {"css-variables": 4}),
        ("p { background: linear-gradient(red, lab(1 2 3)) }",
         {"css-background": 3, "css-linear-gradient": 3, "css-modern-color": 3}),
    ],
)  # fmt: skip
def test_rules_count_for_what_they_find(knowledge, sheet, expected):
    html = "<div class=a><h1>x</h1><p>1</p><div class=b><p class=c>2</p></div></div><p>3</p><b>4</b>"
    assert found(html, knowledge, sheet) == expected


def test_a_sheet_in_the_document_counts_as_one_beside_it(knowledge):
    assert found("<style>p{float:left}</style><p>", knowledge) == {"html-style": 1, "css-float": 1}


def test_linked_sheets_are_named_once():
    html = """<link rel=stylesheet href="http://x.test/a.css?b=1&amp;c=2"><link rel="icon" href="i.png">
        <LINK HREF='/b.css' REL='alternate StyleSheet'><link rel=stylesheet href="http://x.test/a.css?b=1&amp;c=2">
        <!-- <link rel=stylesheet href=no.css> -->"""
    assert linked_sheets(html) == ["http://x.test/a.css?b=1&c=2", "/b.css"]


TWO = {
    "last_update_date": "2026-05-13 14:45:41 +0000",
    "nicenames": {"family": {"gmail": "Gmail", "outlook": "Outlook"}, "platform": {"ios": "iOS", "windows": "Windows"}},
    "data": [
        {
            "slug": slug, "title": slug, "description": None, "url": "https://x.test/", "category": "css", "tags": None,
            "stats": {"gmail": {"ios": {"1": "y #1"}},
                      "outlook": {"windows": {"2016": entry, "2019": "a #2", "2": "u"}}},
            "notes_by_num": {"1": "Buggy.", "2": "`x` only."},
        }
        for slug, entry in (("css-float", "n"), ("css-width", "y"))
    ],
}  # fmt: skip


@pytest.fixture
def two() -> Knowledge:
    """What is known of two features: an unknown entry is none."""
    return Knowledge.parse(json.dumps(TWO).encode())


def test_the_data_is_read_entry_by_entry(two):
    clients = two.features["css-float"].clients
    assert [(one.name, one.support, one.note) for one in clients] == [
        ("Gmail iOS (1)", Support.YES, "1"),
        ("Outlook Windows (2016)", Support.NO, ""),
        ("Outlook Windows (2019)", Support.PARTIAL, "2"),
    ]
    assert two.platforms == {"ios": ("Gmail",), "windows": ("Outlook",)}
    assert two.updated == "2026-05-13"


def test_the_total_is_the_worst_by_its_share_of_the_nodes(two):
    report = compatibility.check("<p style='float:left;width:1px'><b style='width:1px'><i></i><i></i>", two)
    assert [(one.feature.slug, one.found) for one in report.warnings] == [("css-width", 2), ("css-float", 1)]
    total = report.total
    assert (total.nodes, total.tests) == (4, len(TESTS))
    assert total.partial == pytest.approx(100 / 3 * 2 / 4)
    assert total.unsupported == pytest.approx(100 / 3 * 1 / 4)
    assert total.supported == pytest.approx(100 - total.partial - total.unsupported)


def test_the_total_is_never_below_nothing(two):
    assert compatibility.check("<script></script>" * 9, two).total.supported == 0


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"nicenames": {}, "data": [{}]}', b"null"])
def test_other_data_is_refused(data):
    with pytest.raises(ValueError, match=r"caniemail|Expecting"):
        Knowledge.parse(data)


@pytest.mark.parametrize(
    ("sheet", "is_cut"),
    [
        ("p{float:left}", False),
        ("@media x{" * 100, True),
        ("p{float:left}" + " " * 600_000, True),
        ("".join(f"div div div .c{number} p{{float:left}}" for number in range(LOOKS // 500 // 4)), True),
    ],
)
def test_what_would_take_too_long_is_left_out_and_said(knowledge, sheet, is_cut):
    html = "<div>" * 499 + "x" + "</div>" * 499
    assert compatibility.check(html, knowledge, [sheet]).is_cut is is_cut


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;", "plain & <b>"),
        ("`<p>` is **bold**", "<code>&lt;p&gt;</code> is <strong>bold</strong>", "<p> is bold"),
        (
            "[SVG `html`](/features/svg/)",
            '<a href="https://www.caniemail.com/features/svg/" target="_blank" rel="noreferrer noopener">'
            "SVG <code>html</code></a>",
            "SVG html",
        ),
        ("[a](javascript:alert)", "a", "a"),
        ("it's a \"word\" ('x')", "it&rsquo;s a &ldquo;word&rdquo; (&lsquo;x&rsquo;)", "it's a \"word\" ('x')"),
        (
            "[b](https://x.test/a(v=1))",
            '<a href="https://x.test/a(v=1)" target="_blank" rel="noreferrer noopener">b</a>',
            "b",
        ),
    ],
)
def test_descriptions_become_markup_of_ours_alone(markdown, html, text):
    assert (as_html(markdown), as_text(markdown)) == (html, text)


@pytest.mark.parametrize(
    ("html", "nodes", "images"),
    [
        ("<link rel=icon href=x><p>x</p>", 1, 0),  # in the head, which opens by itself
        ("<p>x</p><link rel=icon href=x>", 2, 0),
        ("x<link rel=icon href=x>", 1, 0),
        ("<title><p></title><!-- <p> --><base href=x><div>x</div>", 1, 0),
        ("<head><title>x</title><link href=x></head><body><p>x</p></body>", 4, 0),
        ('<script type="application/json">{}</script>', 1, 0),
        ("<iframe></iframe><math></math>", 2, 0),
        ("<image src=x>", 1, 0),  # another name for img
        ("<svg><image/></svg><image>", 3, 1),
    ],
)
def test_elements_that_no_tree_has_are_counted(knowledge, html, nodes, images):
    report = compatibility.check(html, knowledge)
    assert report.total.nodes == nodes
    assert sum(one.found for one in report.warnings if one.feature.slug == "html-object") == images
