"""What both say of HTML alone: the text that is made from it, and the HTML itself."""

from __future__ import annotations

import random

from tests.beside.letters import mail
from tests.beside.programs import Pair
from tests.beside.views import check

DOCUMENTS = [
    '<p>one</p><p>two   words</p>', 'a<br>b<br><br>c', '<div>a</div><div>b</div>', '<h1>Title</h1>text',
    '<ul><li>a<li>b<ol><li>c</ol></ul>d', '<table><tr><td>a<td>b<tr><th>c<th>d</table>',
    '<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d', '<pre>a\n  b\n\nc</pre>', 'a<hr>b',
    'wo<b>rd</b> <i>x</i>', '<i>h</i>x', 'x<i>h</i>', '<a href=http://l/x>link</a>',
    "<a href='http://l/x'>http://l/x</a>", '<a href=mailto:a@b>a@b</a>', '<a href=mailto:a@b>mail</a>', '<a>none</a>',
    '<a href=#>h</a>', "<a href=''>h</a>", '<a href=javascript:x>j</a>', '<a href=http://i/><img alt=logo></a>',
    '<a href=http://i/><img></a>', '<a href=http://i/> <img alt=l></a>', '<img alt=logo>text',
    '<h1>a</h1><h2>b<br>c</h2><h3>d</h3><h4>e</h4>', '<h1></h1>x', '<h2>a <b>b</b></h2>', '<b></b>',
    '<strong> x </strong>y', 'a<b>b</b>.', 'a <b>b</b> c <i>d</i>.', '<style>p{}</style><script>x</script>y',
    '<head><title>t</title></head>y', '<title>t</title>y', '<!-- c -->y', '<select><option>a<option>b</select>',
    '<button>b</button>', '<template>t</template>x', '<svg><text>s</text></svg>x', '<math><mi>m</mi></math>x',
    "<div style='display:none'>pre</div>x", '&lt;b&gt; &amp; &nbsp;x&nbsp;', 'a&nbsp;<b>b</b>', '<p></p><p> </p>', '',
    '   ', 'just text', 'a\nb\r\nc', '<div><div>a</div>text</div>b', '<div>a<div>b</div></div>c',
    '<div></div><div></div>x', '<div>a</div>b<div>c</div>', '<span>a</span><span>b</span>', '<p>a<p>b',
    '<dl><dt>a<dd>b</dl>', '<center>c</center>d', '<font>f</font>g', '<u>a</u><s>b</s>', '<pre><b> a </b></pre>',
    '<pre>a</pre><pre>b</pre>', '<p>a <a href=http://x>b</a>, c</p>', '<p>.a</p>x.<b>.</b>',
    '<ul><li><p>a</p></li><li><div>b</div></li></ul>',
    '<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>', '<body><p>Hi</body></html> tail',
    '<p>\xfcn\xef</p>', '<p>\U0001f48c</p>', "<a href=' http://x '>http://x</a>", '<a href=http://x>  http://x  </a>',
    '<a href=http://x><b>http://x</b></a>', '<a href=http://x>a<b>b</b></a>', '<a href=http://x></a>',
    '<a href="http://x?a=1&amp;b=2">l</a>', '<h1>a<h2>b</h2></h1>',
    '<h1>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</h1>',
    '<h2>a\nb</h2>', '<li>alone', '<ol><li>a</ol>', '<details><summary>s</summary>d</details>', '<q>a</q>',
    '<sup>1</sup>2', '<code>a</code>b', '<label>l</label><input value=v>', '<object>o</object>', '<video>v</video>',
    '<audio>v</audio>', '<xmp><b>x</b></xmp>', '<plaintext>a<b>c', '<nobr>n</nobr>', '<p>a\u200bb</p>', '<p>\xa0</p>',
    '<p>\u3000a</p>', '<p>\x0ca</p>', '<!DOCTYPE html><html><body>a</body></html>', "<?xml version='1.0'?><p>a</p>",
    '<p>a</p><![CDATA[x]]>', '<o:p>a</o:p>b', '<!--[if mso]>x<![endif]-->y', '<![if !mso]>x<![endif]>',
    "<p a='<b>'>x</p>", '<p>a & b < c</p>', '</p>a', '<br/>a<br />b', '<div>a<br></div>b',
    '<div>a</div>\n<div>b</div>', '<p>a</p>\n\n<p>b</p>', '<td>a</td><td>b</td>', '<tr><td>a', 'a<!-- c -->b',
    '<a href=http://x>http://x<!-- c --></a>', '<div><div>a</div><!-- c --></div>b', 'a<script>x</script>b',
    'a<svg><path/></svg>b', '<head><!-- c --><style>p{}</style></head>a<!--[if mso]>x<![endif]-->b',
    'a<iframe src=x></iframe>b', '<p>a<wbr>b</p>', 'x<!doctype html>y', 'x <listing>\na</listing> y',
    '<p>Hi <!-- -->Ann<!-- -->,</p>', '<!doctype html><p>a <table>b', '<p>a <table>b',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2//EN"><p>a <table>b',
    '<!-- c --><!DOCTYPE html><!-- d --><html><!-- e --><body><!-- f --><p>x</p>',
    '<table><!-- c --><tr><!-- d --><td>a<!-- e -->b</table>', '<ul><!-- c --><li>a</ul>',
    '<select><!-- c --><option>a</select>', '<a href=http://a><a href=http://b>c</a></a>',
    '<map><area href=http://a alt=x></map>', '<frameset><frame></frameset>', '<noframes>x</noframes>y',
    '<link rel=x>a<meta x>b<base href=y>', '<p>a<!-- x --><b>b</b></p>', '<A HREF=HTTP://X>L</A>', '<P>UP</P>',
    '<marquee>m</marquee>', '<bdo dir=rtl>b</bdo>', '<ruby>a<rt>b</rt></ruby>',
    '<figure><figcaption>c</figcaption></figure>', '<section>a</section><article>b</article>',
]  # fmt: skip
DOCUMENTS += [f"<blockquote>a {'word ' * 40}b</blockquote>c", f"<blockquote>{'x' * 200} y</blockquote>z"]
DOCUMENTS += [
    f"<blockquote><p>{'long words ' * 12}</p><b>{'bold words ' * 10}</b> c</blockquote>",
    f"<h1>{'x' * 90}</h1>",
]
BEGINNINGS = ["p", "div", "b", "i", "a href=http://x", "a href=mailto:a@b", "h1", "h2", "h3", "ul", "li", "ol", "table"]
BEGINNINGS += ["tr", "td", "blockquote", "pre", "span", "br", "img alt=z", "strong", "center", "font", "em", "!-- c --"]
WORDS = ["word", "two words", " lead", "trail ", "\r\n", "a  b", "  ", "x,", "\u00fc", "\u00a0", "&amp;"]
WORDS.append("long words here " * 6)


def document(chance: random.Random, depth: int = 0) -> str:
    """Elements in each other as they come, some of them left open."""
    if depth > 5 or chance.random() < 0.4:
        return chance.choice(WORDS)
    beginning = chance.choice(BEGINNINGS)
    name = beginning.split()[0]
    if name in ("br", "img", "!--"):
        return f"<{beginning}>"
    inner = "".join(document(chance, depth + 1) for _ in range(chance.randint(1, 3)))
    return f"<{beginning}>{inner}</{name}>" if chance.random() < 0.95 else f"<{beginning}>{inner}"


def letters(documents: list[str]) -> dict[str, bytes]:
    return {one: mail("Content-Type: text/html; charset=utf-8", body=f"{one}\r\n") for one in documents}


def test_html_reads_the_same(roomy: Pair) -> None:
    check(roomy, letters(DOCUMENTS))


def test_random_html_reads_the_same(roomy: Pair) -> None:
    chance = random.Random(1)
    check(roomy, letters([f"<p>{document(chance)}{document(chance)}" for _ in range(120)]))
