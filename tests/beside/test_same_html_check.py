"""The check of HTML: what both programs find, count and say of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.beside.checking import found, needs_data, report
from tests.beside.programs import Pair

pytestmark = needs_data

PROPERTIES = """
background-color background border height padding width accent-color align-items aspect-ratio background-blend-mode
background-clip background-origin background-position background-repeat background-size border-image border-radius
box-shadow box-sizing caption-side clip-path column-count direction filter flex-direction flex-wrap float font-
kerning font-weight font gap grid-template hyphens inline-size justify-content letter-spacing line-height list-
style-image list-style-position list-style margin-block-start margin-inline-start margin max-block-size max-height
max-width min-height min-inline-size min-width mix-blend-mode object-fit object-position opacity outline-offset
outline overflow-wrap overflow padding-block-start padding-inline-start position tab-size table-layout text-align-
last text-align text-decoration-color text-decoration-thickness text-decoration text-emphasis-position text-emphasis
text-indent text-overflow text-shadow text-transform text-underline-offset transform visibility white-space word-
break writing-mode z-index
"""
DOCUMENTS = r"""
<object data=x></object>
<embed src=x>
<image src=x>
<object></object><embed>
<hr>
<dialog>x</dialog>
<img srcset="a 2x">
<source srcset=a>
<picture><img src=a></picture>
<svg></svg>
<svg><rect width=1 /></svg>
<progress></progress>
<input required>
<meter></meter>
<audio></audio>
<form></form>
<button type=reset>x</button>
<button type=submit>x</button>
<button>x</button>
<input type=hidden>
<input type=text>
<input>
<video></video>
<article></article>
<aside></aside><nav></nav>
<time>x</time>
<select></select>
<select><option>a</option></select>
<textarea></textarea>
<a href="#x">x</a>
<a href=" #x">x</a>
<map></map>
<img usemap=#x>
<body>x</body>
<html><body>x</html>
</body>
<script>1</script>
<script type="application/ld+json">{}</script>
<script type="application/json">{}</script>
<script src=x></script>x
<meta charset=utf-8>
<img src="http://x.test/a.apng">
<img src="http://x.test/a.avif">
<img src="http://x.test/a.bmp">
<img src="http://x.test/a.gif">
<img src="http://x.test/a.hdr">
<img src="http://x.test/a.heif">
<img src="http://x.test/a.ico">
<img src="http://x.test/a.mp4">
<img src="http://x.test/a.svg">
<img src="http://x.test/a.tif">
<img src="http://x.test/a.tiff">
<img src="http://x.test/a.webp">
<img src="http://x.test/a.GIF">
<img src="http://x.test/a.png">
<img src="http://x.test/a.jpg">
<img src="data:image/png;base64,AAAA">
<p style="background-image:url(a.png)">x</p>
<p style="display:flex">x</p>
<p style="display:grid">x</p>
<p style="display:none">x</p>
<p style="display:block">x</p>
<p style="color:red !important">x</p>
<p style="color:rgb(1,2,3)">x</p>
<p style="color:rgba(1,2,3,.5)">x</p>
<p style="width:calc(1px + 2px)">x</p>
<p style="letter-spacing: 2ch">x</p>
<p style="color: initial">x</p>
<p style="letter-spacing: 2rem">x</p>
<p style="letter-spacing: 2vh">x</p>
<p style="letter-spacing: 2vmax">x</p>
<p style="letter-spacing: 2vmin">x</p>
<p style="letter-spacing: 2vw">x</p>
<style>a:active{color:red}</style><p>x</p>
<style>input:checked{color:red}</style><p>x</p>
<style>p:first-child{color:red}</style><p>x</p>
<style>p:first-of-type{color:red}</style><p>x</p>
<style>a:focus{color:red}</style><p>x</p>
<style>p:has(b){color:red}</style><p>x</p>
<style>p:hover{color:red}</style><p>x</p>
<style>p:lang(en){color:red}</style><p>x</p>
<style>p:last-child{color:red}</style><p>x</p>
<style>p:last-of-type{color:red}</style><p>x</p>
<style>a:link{color:red}</style><p>x</p>
<style>p:not(b){color:red}</style><p>x</p>
<style>p:nth-child(2){color:red}</style><p>x</p>
<style>p:nth-last-child(2){color:red}</style><p>x</p>
<style>p:nth-last-of-type(1){color:red}</style><p>x</p>
<style>p:nth-of-type(1){color:red}</style><p>x</p>
<style>p:target{color:red}</style><p>x</p>
<style>a:visited{color:red}</style><p>x</p>
<style>p:after{content:"x"}</style><p>x</p>
<style>p::after{content:"x"}</style><p>x</p>
<style>p:before{content:"x"}</style><p>x</p>
<style>p::before{content:"x"}</style><p>x</p>
<style>p::first-letter{color:red}</style><p>x</p>
<style>p::first-line{color:red}</style><p>x</p>
<style>p::marker{color:red}</style><p>x</p>
<style>p::placeholder{color:red}</style><p>x</p>
<style>@font-face {font-family:x;src:url(x)}</style><p>x</p>
<style>@import "x";</style><p>x</p>
<style>@import url(x);</style><p>x</p>
<style>@keyframes x {from{color:red}}</style><p>x</p>
<style>@media(max-width:1px){p{color:red}}</style><p>x</p>
<style>@supports (display:grid){p{color:red}}</style><p>x</p>
<style>@supports(display:grid){p{color:red}}</style><p>x</p>
<head><title>x</title><link rel=icon href=x><meta charset=utf-8><style>p{float:left}</style></head><body><p>x</p></body>
<head><link rel=icon href=x></head><body><p>x</p><script>1</script><svg><image href=x /><path/></svg></body>
<link rel=icon href=x><p>x</p>
<p>x</p><link rel=icon href=x>
<base href=x><style>p{}</style><p>x</p>
<title><p>no</title><p>x</p>
<script>"<p>"</script><link href=x rel=icon><p>x</p>
text<link rel=icon href=x>
<head><link rel=icon href=x></head><p>x</p><base href=y>
<!doctype html><link rel=icon href=x><div>x</div>
<!-- <p> --><link rel=icon href=x><div>x</div>
<svg><image href=x /></svg><image src=y>
<svg><svg><image/></svg><image/></svg><image>
<math><mi>x</mi></math><p>x</p>
<template><p>x</p></template><p>y</p>
<iframe src=x></iframe><p>x</p>
<frameset><frame></frameset>
<textarea><p>x</p></textarea><p>y</p>
<select><option>a<option>b</select>
<table><tr><td>x<td>y</table>
<table><p>x</p><tr><td>y</table>
<p>a<p>b<div>c
<b><i>x</b>y</i>
<a href=x><a href=y>z</a></a>
<ul><li>a<li>b</ul>
<form><form></form></form>
<button><button></button></button>
<plaintext><p>x
<xmp><p>x</xmp>
<style>p{color:red !important}p{color:blue !important}</style><p>x</p>
<style>div p{float:left}</style><div><p>x</p></div><p>y</p>
<style>div>p{float:left}</style><div><p>x</p></div>
<style>p+p{float:left}</style><p>a</p><p>b</p>
<style>p~p{float:left}</style><p>a</p><p>b</p><p>c</p>
<style>#i{float:left}</style><p id=i>
<style>[title]{float:left}</style><p title=x>
<style>[title=x]{float:left}</style><p title=x>
<style>body{float:left}</style><p>x</p>
<style>html,body{margin:0}</style><p>x</p>
<style>P{float:left}</style><p>x</p>
<style>p,b{float:left}</style><p>x</p><b>y</b>
<style>p:hover{float:left}</style><p>x</p>
<style>p:first-child{float:left}</style><div><p>x</p></div>
<style>p:not(.a){float:left}</style><p>x</p>
<style>p::before{float:left}</style><p>x</p>
<style>p:nth-child(1){float:left}</style><div><p>x</p></div>
<style>nosuch{float:left}</style><p>x</p>
<style>/* p{float:left} */</style><p>x</p>
<style>p{/*c*/float/*d*/:left}</style><p>x</p>
<style>p{float:left;;float:right}</style><p>x</p>
<style>p{float:left</style><p>x</p>
<style>p{float}</style><p>x</p>
<style><!-- p{float:left} --></style><p>x</p>
<style type="text/css">p{float:left}</style><p>x</p>
<style type="text/x">p{float:left}</style><p>x</p>
<style>p{float:left}</style><style>p{float:right}</style><p>x</p>
<style>p{background:red;background-color:blue}</style><p>x</p>
<style>p{font:1px x;font-weight:bold}</style><p>x</p>
<p style="FLOAT:left">x</p>
<p style="float : left">x</p>
<p style=" float:left ">x</p>
<p style="color:red;float:left">x</p>
<p style="float:left;float:right">x</p>
<p style="-webkit-transform:none">x</p>
<p style="mso-float:left">x</p>
<p style="content:'float:left'">x</p>
<p style="width:calc(1px + 2vw)">x</p>
<p style="display: flex">x</p>
<p style="display:none !important">x</p>
<p style="display:inline-flex">x</p>
<p style="color:red!important">x</p>
<p style="color: RGB(1,2,3)">x</p>
<p style="color:rgba(1,2,3,1)">x</p>
<p style="border:1px solid rgb(1,2,3)">x</p>
<p style="width:1.5rem;height:2rem">x</p>
<p style="width:100vw;height:100vh">x</p>
<p style="margin:1vw 2vw">x</p>
<p style="all:initial">x</p>
<p style="width:.5vw">x</p>
<p style="width:-1vw">x</p>
<p style="">x</p>
<p style>x</p>
<p style="float:left"><b style="float:left">x</b></p>
<style>@media (min-width:1px){p{color:red}}@media (max-width:1px){}</style><p>x</p>
<style>@MEDIA (x){}</style><p>x</p>
<style>@keyframes x{from{float:left}}</style><p>x</p>
<style>@import url("http://x.test/a.css");p{float:left}</style><p>x</p>
<style>@charset "utf-8";p{float:left}</style><p>x</p>
<style>@font-face {font-family:x}p{float:left}</style><p>x</p>
<style>a:hover,a:active,a:visited{color:red}</style><a href=x>x</a>
<style>a:hover:active{color:red}</style><a>x</a>
<!--[if mso]><style>p{float:left}</style><p style="float:left">x</p><![endif]--><p>y</p>
<!--[if !mso]><!--><p style="float:left">x</p><!--<![endif]-->
<o:p>x</o:p><v:rect style="float:left"></v:rect>
<p hidden>x</p>
<img src="data:image/gif;base64,AA"><img src="DATA:image/gif;base64,AA">
<picture><source srcset=a.webp><img src=b.jpg></picture>
<a href="#">x</a><a href="#a">y</a>
<img usemap="#m"><map name=m><area></map>
<video src=x><source></video>
<audio></audio><video></video>
<form><input type=text><input type=hidden><button type=submit>x</button><textarea></textarea><select></select></form>
<main><section><article></article></section></main>
<table width=1 height=1 border=0 bgcolor=red background=x cellpadding=1><tr><td>x</table>
<font color=red>x</font><center>x</center>
x
<p></p>
ü<p>x</p>
"""


def plain(text: str) -> str:
    """A description, its links without what the row `descriptions and notes link` is about."""
    bare = text.replace(' rel="noreferrer noopener"', "").replace(' target="_blank"', "")
    return bare.replace("https://www.caniemail.com/", "/").replace("&lt;iframe&gt;", "<iframe>")


def known(one: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What is sure of programs, in one order; rows `Results` and `"unknown" counts as partial support`."""
    results = [(each["Name"], each["Platform"], each["Family"], each["Version"], each["Support"], each["NoteNumber"])
               for each in one["Results"]]  # fmt: skip
    return sorted(each for each in results if each[4] != "partial" and not each[5])


def told(one: dict[str, Any]) -> dict[str, Any]:
    """All that is said of a thing but its shares, and what nobody knows."""
    notes = {number: plain(text) for number, text in one["NotesByNumber"].items()}
    rest = {name: one[name] for name in ("Slug", "Title", "URL", "Category", "Tags", "Keywords")}
    return {**rest, "Description": plain(one["Description"]), "NotesByNumber": notes, "Known": known(one)}


def agree(both: Pair, html: str) -> None:
    theirs, ours = (report(server, html) for server in both)
    assert found(ours) == found(theirs)
    assert ours["Total"]["Nodes"] == theirs["Total"]["Nodes"]
    assert ours["Platforms"] == theirs["Platforms"]
    order = sorted(one["Slug"] for one in theirs["Warnings"])
    first, second = ({one["Slug"]: told(one) for one in said["Warnings"]} for said in (theirs, ours))
    assert [second[slug] for slug in order] == [first[slug] for slug in order]


@pytest.mark.parametrize("name", PROPERTIES.split())
def test_a_property_is_found(both: Pair, name: str) -> None:
    agree(both, f'<p style="{name}:1px">x</p>')


@pytest.mark.parametrize("html", DOCUMENTS.strip().split("\n"))
def test_a_document_is_read_alike(both: Pair, html: str) -> None:
    agree(both, html)


@pytest.mark.parametrize(
    "html",
    [
        "<body>x</body>",
        "<dialog>x</dialog>",
        "<progress></progress>",
        "<button type=submit>x</button><p>x</p>",
        '<p style="letter-spacing:1px">x</p><p>y</p><p>z</p>',
        '<img src="a.bmp"><img src="a.bmp"><p>x</p>',
        '<p style="letter-spacing:1px">x</p><script>1</script><b>y</b>',
    ],
)
def test_shares_are_the_same_where_all_is_known(both: Pair, html: str) -> None:
    theirs, ours = (report(server, html) for server in both)
    assert {one["Slug"]: one["Score"] for one in ours["Warnings"]} == {
        one["Slug"]: one["Score"] for one in theirs["Warnings"]
    }
    # `Tests` is the row `about 180 things`.
    assert {**ours["Total"], "Tests": 0} == {**theirs["Total"], "Tests": 0}
