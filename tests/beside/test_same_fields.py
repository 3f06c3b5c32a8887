"""What both say of header fields: addresses, words, dates, ids, tags, and what unsubscribes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.beside.letters import HEAD, mail
from tests.beside.programs import Pair
from tests.beside.views import check

ADDRESSES = [
    'ann@example.com', 'Ann <ann@example.com>', '<ann@example.com>', '"Ann B" <ann@example.com>',
    'Ann B <ann@example.com>, Bob <bob@example.com>', 'ann@example.com, bob@example.com',
    'ann@example.com,bob@example.com', 'Ann (comment) <ann@example.com>', 'ann@example.com (Ann B)',
    'ann@example.com (Ann (nested) B)', '"Ann \\"Q\\" B" <ann@example.com>', '"Ann, B" <ann@example.com>',
    'friends: ann@example.com, bob@example.com;', 'friends:;', 'undisclosed-recipients:;',
    'undisclosed recipients: ;', 'friends: Ann <ann@example.com>;, bob@example.com', 'Ann B. C <ann@example.com>',
    'Ann.B <ann@example.com>', 'ann@[192.0.2.1]', 'Ann <ann@[192.0.2.1]>', '<>', '', '   ', 'ann@example',
    'ann@ex\xe4mple.com', '\xe4nn@example.com', '\xc4nn <ann@example.com>', '=?utf-8?q?=C3=84nn?= <ann@example.com>',
    '=?utf-8?b?w4Rubg==?= <ann@example.com>', '=?utf-8?q?=C3=84nn?= =?utf-8?q?_B?= <ann@example.com>',
    '"=?utf-8?q?=C3=84nn?=" <ann@example.com>', '=?utf-8?q?=C3=84nn=2C_B?= <ann@example.com>',
    '=?iso-8859-1?q?=C4nn?= <ann@example.com>', '=?utf-8?Q?a=40b?= <ann@example.com>',
    '=?utf-8?q?=22Ann=22?= <ann@example.com>', 'Ann <ann@example.com>,',
    'Ann <ann@example.com>,,Bob <bob@example.com>', ', ann@example.com', '"Ann" "B" <ann@example.com>',
    'Ann"B"C "D""E" <ann@example.com>',
    'Ann "B" C <ann@example.com>', 'Ann  B   C <ann@example.com>', '"Ann  B" <ann@example.com>',
    '"" <ann@example.com>', '" " <ann@example.com>', '"Ann\xa0" <ann@example.com>', 'Ann\xa0 <ann@example.com>',
    '\xa0Ann <ann@example.com>', '\xa0 Ann \u3000 B <ann@example.com>', "'Ann' <ann@example.com>",
    'ann+tag@example.com',
    'ann/b=c@example.com', '"ann@example.com" <ann@example.com>', 'Ann | B <ann@example.com>',
    'Ann & B <ann@example.com>', 'Ann/B <ann@example.com>', 'ANN@EXAMPLE.COM', 'Ann\tB <ann@example.com>',
    'Ann\r\n B <ann@example.com>', 'Ann <ann@example.com>,\r\n Bob <bob@example.com>',
    '"Ann\r\n B" <ann@example.com>', 'ann@example.com\r\n', 'Ann B <ann@example.com> (c)',
    '"Ann <x@y.z>" <ann@example.com>', 'root@localhost',
    '=?utf-8?q?=C3=84nn?= B =?utf-8?q?=C3=84?= <ann@example.com>', '=?utf-8?q?A?= B <ann@example.com>',
    'B =?utf-8?q?A?= <ann@example.com>', '=?utf-8?q?A?==?utf-8?q?B?= <ann@example.com>',
    'x=?utf-8?q?A?= <ann@example.com>', '=?us-ascii?q?Ann?= <ann@example.com>', '=?utf-8?q?A_B?= <ann@example.com>',
    '=?UTF-8?Q?A?B?= <ann@example.com>', '=?utf-8?q?A B?= <ann@example.com>', '\U0001f48c <ann@example.com>',
    '"Ann\\B" <ann@example.com>', 'Ann\xa0B <ann@example.com>', 'ann@xn--exmple-cua.com',
    'Ann (c1) B (c2) <ann@example.com>', 'Ann <ann@example.com>, friends: bob@example.com;',
    'friends: ;, ann@example.com',
]  # fmt: skip
SUBJECTS = [
    'plain', '  leading', 'trailing   ', 'two  blanks', 'tab\tin', 'folded\r\n line', 'folded\r\n\tline',
    '\r\n folded first', 'a\r\n \r\n b', '', '   ', '=?utf-8?q?=C3=84?=', '=?UTF-8?Q?=C3=84?=', '=?utf-8?b?w4Q=?=',
    '=?utf-8?q?a_b?= =?utf-8?q?c?=', '=?utf-8?q?a?=\r\n =?utf-8?q?b?=', '=?utf-8?q?a?= x =?utf-8?q?b?=',
    'x=?utf-8?q?a?=y', '(=?utf-8?q?a?=)', '=?utf-8?q?a?==?utf-8?q?b?=', '=?utf-8?q?=C3?= =?utf-8?q?=84?=',
    '=?utf-8?b?ww==?= =?utf-8?b?hA==?=', '=?iso-8859-1?q?=E4?=', '=?iso-8859-1?b?5A==?=', '=?windows-1252?q?=80?=',
    '=?iso-8859-15?q?=A4?=', '=?koi8-r?b?8NLJ18XU?=', '=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=', '=?gb2312?b?xOO6ww==?=',
    '=?big5?b?p0GmbQ==?=', '=?euc-kr?b?vsiz58fPvLy/5A==?=', '=?shift_jis?b?k/qWew==?=', '=?utf-7?q?+AOQ-?=',
    '=?us-ascii?q?abc?=', '=?utf-8?x?abc?=', '=?utf-8?q??=', '=?utf-8?b??=', '=?utf-8?q?abc', '=?utf-8?q?abc?',
    '=?utf-8?q', '=?', '=?=', '=??q?a?=', '=?utf-8?q?a?b?=', '=?utf-8?q?a b c?=', '=?utf-8?q?a?=\xe4',
    '\xe4 =?utf-8?q?a?=', '=?UTF-8?B?8J+SjA==?=', '\U0001f48c', '\xc4rger', '=?utf-8?q?=F0=9F=92=8C?=',
    '=?utf-8?q?a?=  =?iso-8859-1?q?=E4?=', '=?utf-8?q?a?= =?utf-8?b?Yg==?=', '=?utf-8?q?a?=,=?utf-8?q?b?=',
    'Re: =?utf-8?q?a?= [b]', '=?utf-8?q?_a_?=', '=?utf-8?q?a?= ', 'a=?b?=c', '1 + 1 =? 2 ?= 3', '\x01\x02',
    '\x1b[31m', 'a\x00b', 'a\x7fb', 'a\u200bb', 'a\u202eb', 'a\xa0b', 'a\xa0', '\x0ba', 'a\x0c', '=?utf8?q?=C3=84?=',
    '=?UTF8?b?w4Q=?=',
    '=?latin1?q?=E4?=', '=?cp1252?q?=80?=', '=?iso-8859-8-i?q?=E0?=', '=?macintosh?q?=80?=', '=?iso-8859-1?Q?a=3Fb?=',
    '=?ISO-8859-1?Q?a?b?=', '=?iso-8859-1?q?a.?= =?iso-8859-1?q?_b?=', '"=?utf-8?q?a?="', '=?utf-8?q?a?="b"',
    '=?utf-8?q?a?=.', 'a =?utf-8?q?b?=, c', ':x', ': x', 'x:', 'X-Foo: bar',
]  # fmt: skip
DATES = [
    'Tue, 01 Jul 2003 10:52:37 +0200', '01 Jul 2003 10:52:37 +0200', 'Tue, 1 Jul 2003 10:52:37 +0200',
    'Tue, 01 Jul 2003 10:52 +0200', 'Tue, 01 Jul 2003 10:52:37 GMT', 'Tue, 01 Jul 2003 10:52:37 UT',
    'Tue, 01 Jul 2003 10:52:37 UTC', 'Tue, 01 Jul 2003 10:52:37 -0000', 'Tue, 01 Jul 2003 10:52:37 +0000',
    'Tue, 01 Jul 2003 10:52:37 -0330', 'Tue, 01 Jul 2003 10:52:37 +0530', 'Tue, 01 Jul 2003 10:52:37 +0200 (CEST)',
    'Tue, 01 Jul 2003 10:52:37 GMT (x)', 'Tue, 01 Jul 03 10:52:37 +0200', '01 Jul 03 10:52:37 +0200',
    'tue, 01 jul 2003 10:52:37 +0200', 'Wed, 01 Jul 2003 10:52:37 +0200', 'Tue, 01  Jul  2003  10:52:37  +0200',
    'Tue, 01 Jul 2003 25:52:37 +0000', 'Tue, 32 Jul 2003 10:52:37 +0000', 'Tue, 31 Feb 2003 10:52:37 +0000',
    'Tue, 01 Jul 1899 10:52:37 +0000', 'Tue, 01 Jul 9999 10:52:37 +0000', 'Tue, 01 Jul 10000 10:52:37 +0000',
    'Tue, 01 Jul 2003 10:52:37.123 +0000', 'Tue, 01 Jul 2003 10:52:37 +9999', 'Tue, 01 Jul 2003 10:52:37 +2359',
    'nonsense', '', '   ', 'Thu, 1 Jan 1970 00:00:00 +0000', 'Tue, 01 Jul 2003\r\n 10:52:37 +0200',
    'Tue, 01 Jul 2003 10:52:37 +0200\r\n (x)', 'Tue, 01 Jul 2003 10:52:37 +0200 ', 'Mon, 29 Feb 2016 10:52:37 +0000',
    'Sun, 29 Feb 2015 10:52:37 +0000', 'Tue, 01 Jul 0001 00:00:00 +0000', 'Mon, 01 Jan 0001 01:00:00 +0200',
    'Fri, 31 Dec 9999 23:00:00 -0500', 'Tue, 00 Jul 2003 10:52:37 +0200',
    'Tue, 01 Jul 2003 24:00:00 +0000', 'Tue, 01 Jul 2003 10:60:00 +0000',
]  # fmt: skip
IDS = [
    '<a@b>', 'a@b', ' <a@b> ', '<a b@c>', '', '<>', '\r\n <a@b>', '<a@b>\r\n', '=?utf-8?q?<a@b>?=', '<a@b', 'a@b>',
    '<\xe4@b>',
]  # fmt: skip
UNSUBSCRIBE = [
    '<https://x.test/u>', '<mailto:u@x.test>', '<https://x.test/u>, <mailto:u@x.test>',
    '<https://x.test/u>,<mailto:u@x.test>', '<https://x.test/u>\r\n , <mailto:u@x.test>', 'https://x.test/u',
    '<https://x.test/u> <mailto:u@x.test>', '<https://x.test/u>; <mailto:u@x.test>', '<ftp://x.test/u>',
    '<https://x.test/a>, <https://x.test/b>', '<mailto:a@x.test>, <mailto:b@x.test>',
    '<https://x.test/u>, <mailto:a@x>, <mailto:b@x>', '(c) <https://x.test/u>', '<https://x.test/u> (c)',
    '<https://x.test/u (x)>', '<https://x.test/a b>', '< https://x.test/u >', '<HTTPS://x.test/u>',
    '<MAILTO:u@x.test>', '<mailto:>', '<https://>', '<https://x.test:99999/>', '<https://x.test/%zz>',
    '<https://[::1]/u>', '<https://[::1/u>', '<>', '<><>', '', '   ', 'nothing', '<https://x.test/u',
    'https://x.test/u>', 'x <https://x.test/u>', '<https://x.test/u> x', '<mailto:u@x.test?subject=un sub>',
    '<mailto:u@x.test?subject=unsub>', '<https://x.test/u>,', '<https://x.test/u>,,<mailto:a@x>',
    ', <https://x.test/u>', '<https://x.test/\xe4>', '=?utf-8?q?<https://x.test/u>?=',
    '<https://x.test/u>,\r\n\t<mailto:u@x.test>', '<NO>', 'NO', '<https://x.test/u\\v>',
    '<https://x.test/u?a=1&b=2#c>', '<https://x.test>', '<http://x>', '<https:///u>', '<https://x.test/\r\n u>',
    '<https://user:pw@x.test/>', '<https://x.test/u>\t,\t<mailto:u@x.test>', '<javascript:x>',
    '<mailto:u@x.test>, <https://x.test/u> (Web)', '(a (b) c) <https://x.test/u>', '<https://x.test/(a)u>',
    '<<https://x.test/u>>', '<https://1.2.3.4/>', '<https://-x.test/>', '<https://_x/>', '<mailto:%zz>',
    '<mailto:u@x.test,b@x.test>', '<https://x.test/a%2Fb>', '<https://x%zz.test/>', '<https://x%41.test/>',
    '<https://x%C3%A4.test/>', '<https://\xe4.test/>', '<https://x.test:80/>', '<https://x.test:/>',
    '<https://x.test:a/>', '<https://x.test:8a/>', '<https://u:p@x.test/>', '<https://u:p%zz@x.test/>',
    '<https://u p@x.test/>', '<https://x.test?a=%zz>', '<https://x.test/?a=%zz>', '<https://x.test/#%zz>',
    '<https://x^y.test/>', '<https://x`y.test/>', '<https://x{y}.test/>', '<https://x|y/>', '<https://x"y/>',
    '<https://x.test/"a">', '<https://x.test/a%>', '<https://x.test/%%TO%%>', '<https://x.test/%\xe4b>',
    '<https://x.test/a%4>', '<https://x.test/\x01>',
    '<mailto:a\x01@b>', '<https://x\\y/>', '<mailto:a%zz>', '<https://x.test/a>,(c (d) e) <mailto:a@b>',
    '<https://x.test/(a)/b>', '<https://x.test/a)>', '<https://x.test/(a>', '(a)(b)<https://x.test/>(c)',
    '<https://x.test/\xe4 \xf6>', '<https://x.test/\xa0>', '<https://x[y/>', '<https://x]y/>', '<http://a:b:c/>',
    '<HtTp://x/>', '<http://x/>, <HTTPS://y/>', '<mailto:a@b>\xa0,\xa0<http://x/>', '\xa0<http://x/>\xa0',
]  # fmt: skip
TAGS = [
    'a', 'a, b', 'a,b,,c', '  a , b ', '\xe4', 'a-b_c', 'A, a', 'b, a', 'a!', '=?utf-8?q?t=C3=A4g?=', '', ' ,',
    'a\r\n , b', 'a b c', 'UPPER, lower', 'a.b', 'a@b', '#a',
]  # fmt: skip
PLUS_ADDRESSES = [
    'app+tag@example.org', 'app+a+b@example.org', 'app+@example.org', '+x@example.org', 'app+TAG@example.org',
    'app+a.b@example.org',
]  # fmt: skip
FIELDS = [
    'Subject: one\r\nSubject: two', 'sUBJECT: x', 'Subject:x', 'Subject:\tx', 'From: b@c.d', 'X-Foo_Bar.baz+1: y',
    'x-foo: y\r\nX-FOO: z\r\nx-Foo: w', 'X(Foo): y', 'X-Empty:\r\nX-Empty2: \r\nX-Empty3:\r\n y', '123: y',
    'X/Foo: y', 'X"Foo: y', 'x_foo: y', 'x--foo-: y\r\n-x: z', ': nothing', 'X-A: a\r\n\t\r\nX-B: b',
    'X-A: a\r\n\t\tb \r\n  c', 'Message-Id: <2@x>', 'MIME-Version: 1.0\r\nDKIM-Signature: v=1;\r\n\tb=abc\r\n\t def',
    'ETag: x\r\nte: y\r\ndnt: 1\r\nwww-authenticate: z\r\nX-Xss-Protection: 1\r\nContent-MD5: q\r\nSourceMap: m',
]  # fmt: skip


def named(name: str, *head: str) -> Callable[[str], bytes]:
    """Makes a message with a field of this name."""
    return lambda value: mail(f"{name}: {value}", head=head or HEAD)


def everywhere(value: str) -> bytes:
    """Makes a message with a list in each field that may have one."""
    return mail(f"To: {value}", f"Cc: {value}", f"Reply-To: {value}", head=(FROM, MESSAGE_ID, SUBJECT))


FROM, TO, MESSAGE_ID, SUBJECT = HEAD
SENDERS = [one for one in ADDRESSES if "@" in one]
GROUPS: dict[str, tuple[Callable[[str], bytes], Sequence[str]]] = {
    "To and others": (everywhere, ADDRESSES),
    "From": (named("From", TO, MESSAGE_ID, SUBJECT), SENDERS),
    "Subject": (named("Subject", FROM, TO, MESSAGE_ID), SUBJECTS),
    "Date": (named("Date"), DATES),
    "Message-ID": (named("Message-ID", FROM, TO, SUBJECT), IDS),
    "List-Unsubscribe": (named("List-Unsubscribe-Post: One-Click\r\nList-Unsubscribe"), UNSUBSCRIBE),
    "X-Tags": (named("X-Tags"), TAGS),
    "plus addresses": (lambda value: mail(f"Cc: {value}", head=(f"From: {value}", *HEAD[1:])), PLUS_ADDRESSES),
    "other fields": (mail, FIELDS),
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_header_field_reads_the_same(roomy: Pair, group: str) -> None:
    make, values = GROUPS[group]
    check(roomy, {value: make(value) for value in values})
