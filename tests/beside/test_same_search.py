"""A thousand searches of two hundred messages: the same are found, and counted, in both."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.beside.corpus import Searches, letters
from tests.beside.programs import Pair, Server

# What generated searches seldom have: odd quotes, signs, blanks, names of filters that are none.
TERMS = [
    '"" code', 'code "', 'th"is i"s', 'co"de"', '"code', '"number 1"7', 'subject:"number 17',
    '"subject:number 17"', 'subject:num"ber 1"7', '-"number 17"', '"-number 17"', '!"number 17"',
    '-subject:"number 17"', '"!subject:number 17"', "!-nothing", "!!nothing", "-", "!", "- code", "! code",
    "code -", "code !", "-code -code", "code code", "number\t17", "number\n17", "number\u00a017",
    "number\u300017", "\u3000code", '"   code  "', '" is:read "', '" -code"', '"\t-code"', "code\u2003bye",
    "CODE", "Code BYE", "from: ann code", "code tag:", "code subject:", "has:", "is:Read", "IS:READ",
    "is:read is:read", "is:read is:unread", "is:readx", "xis:read", "is: read", "has:attachment has:inline",
    "has:inlines", "has:html", "is:pinned", "is:tagged", "!is:tagged", "--is:tagged", "tag:billing",
    "TAG:BILLING", 'tag:"two words"', "tag:two", "tag:bill", 'tag:" Billing "', "tag:q3-2024", "tag:<VIP>",
    "!tag:vip", "-tag:nosuch", "tag:auto.tag", "tag:promo", "addressed:@shop.test", "-addressed:@shop.test",
    "from:<ann", "from:(ann", 'from:"ann smith"', 'from:"smith ann"', "FROM:SMITH", "to:,ann", "cc:田中",
    "to:юлия", 'reply-to:"zoë müller"', "reply-to:@", "bcc:@", "from:@", "from:Jörg", "-cc:@", "from:from:ann",
    "to:to:", "x:y", "message-id:17.", "message-id:<17.", 'message-id:" 17. "', "message-id:XYZ@",
    "message-id:.abc@example", "message-id:@", "larger:3k", "larger:3K", "larger:3kb", "larger:3KB",
    'larger:"3 k"', 'larger:" 3k "', "larger:3k>", "larger:<3k>", "larger:3072", "larger:2.9k", "larger:0.1m",
    "larger:0", "larger:-1", "larger:1g", "larger:k", "larger:1.k", "larger:.5m", "larger:", "smaller:",
    "smaller:0.1M", "smaller:1e9", "smaller:99999999999999", "larger:3k smaller:100k", "-larger:3k",
    "before:2090", "after:2090", "-before:2090", "-after:2090", "after:2001 before:2090",
    "after:2001-01-01T00:00:00Z", 'after:"1 Jan 2001"', 'before:"Jan 1, 2090"', "after:<2001>", "AFTER:2001",
    "code after:yesterday", "code before:7d", "и", "Новый", "НОВЫЙ", "счёт", "ЗАКАЗ", "юбилей", "μήνυμα",
    "ΜΉΝΥΜΑ", "κωδικός", "straße", "größe", "ÖFFNEN", "請求",
    "文番", "ガイド", "イドブ", "ック", "فاتورة", "ﬁ", "ſ", "😀",
    "\u200b", "\u202e", "\u0301", "ödeme", "report17", "report17.pdf", "REPORT17.PDF", "port17", "pdf",
    "x" * 300, "code " * 30, "(code)", "code)", "(code", "<code>", "code,", ",code", "code;bye",
    'from:"ann,smith"', "code\ufeffbye", "\ufeffcode", "\rcode", "code\r\n", "and", "not", "near",
    "code AND bye", "NOT code", "co* nothing", "null", "0", "1", "000",
]  # fmt: skip


def found(server: Server, query: str) -> Any:
    """The messages by number, without their order: that of one millisecond is chance; and the counts beside them."""
    answer = server.get(f"/api/v1/search?{urlencode({'query': query, 'limit': 500})}")
    if answer.status != 200:
        return answer.status, answer.text
    said = answer.json
    return sorted(one["MessageID"].partition(".")[0] for one in said.pop("messages")), said


@pytest.fixture(scope="module", autouse=True)
def filled(both: Pair) -> None:
    read = random.Random(2).sample(range(200), 70)
    for server in both:
        ids = [server.send(one.raw, *one.recipients, reverse_path=one.reverse_path) for one in letters()]
        assert server.ask("PUT", "/api/v1/messages", {"Read": True, "IDs": [ids[one] for one in read]}).status == 200


@pytest.mark.parametrize("seed", range(10))
def test_searches_find_the_same(theirs: Server, ours: Server, seed: int) -> None:
    assert [one for one in Searches(seed).make(100) if found(ours, one) != found(theirs, one)] == []


@pytest.mark.parametrize("term", TERMS)
def test_a_term_means_the_same(theirs: Server, ours: Server, term: str) -> None:
    assert found(ours, term) == found(theirs, term)


def test_the_lists_themselves_are_the_same(theirs: Server, ours: Server) -> None:
    def listed(server: Server) -> list[dict[str, Any]]:
        return server.get("/api/v1/messages?limit=0").json["messages"]

    # Ids and times are each program's own; sizes and snippets have rows in the table.
    own = ("ID", "Created", "Size", "Snippet")
    kept = [[{key: one[key] for key in one if key not in own} for one in listed(server)] for server in (ours, theirs)]
    assert [list(one) for one in listed(ours)] == [list(one) for one in listed(theirs)]
    assert kept[0] == kept[1]
