"""Received fields of the servers that people meet, as hops."""

import pytest

from mailpit_py.mail import hops, read
from mailpit_py.mail.received import Hop, parse

LINES = {
    "postfix": (
        "from mail.example.org (mail.example.org [192.0.2.7]) (using TLSv1.3 with cipher "
        "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits)) (No "
        "client certificate requested) by mx.example.com (Postfix) with ESMTPS id 4XyZ123abc for "
        "<ann@example.com>; Thu, 29 Feb 2024 12:00:00 +0000 (UTC)",
        Hop(
            from_="mail.example.org",
            from_address="192.0.2.7",
            by="mx.example.com",
            with_="ESMTPS",
            id="4XyZ123abc",
            for_="ann@example.com",
            tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
        ),
    ),
    "postfix local": (
        "by mx.example.com (Postfix, from userid 1000) id 9F1; Thu, 29 Feb 2024 13:00:00 +0100 (CET)",
        Hop(by="mx.example.com", id="9F1"),
    ),
    "exim": (
        "from [198.51.100.4] (helo=app.local) by mx.example.com with esmtpsa (TLS1.2) tls "
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from <a@example.org>) id 1rfABC-0001 for"
        " ann@example.com; Thu, 29 Feb 2024 12:00:00 +0000",
        Hop(
            from_="[198.51.100.4]",
            from_address="198.51.100.4",
            by="mx.example.com",
            with_="esmtpsa",
            id="1rfABC-0001",
            for_="ann@example.com",
            tls="TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ),
    ),
    "old exim": (
        "from x (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256) by y with esmtps; Thu, 29 Feb 2024 12:00:00 +0000",
        Hop(from_="x", by="y", with_="esmtps", tls="TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384"),
    ),
    "sendmail": (
        "from localhost (localhost.localdomain [127.0.0.1]) by host.example (8.17.1/8.17.1) with ESMTP id "
        "41T0; Thu, 29 Feb 2024 12:00:00 GMT",
        Hop(from_="localhost", from_address="127.0.0.1", by="host.example", with_="ESMTP", id="41T0"),
    ),
    "qmail": (
        "from unknown (HELO smtp.example.org) (203.0.113.9) by mx.example.com with SMTP; 29 Feb 2024 12:00:00 -0000",
        Hop(from_="smtp.example.org", from_address="203.0.113.9", by="mx.example.com", with_="SMTP"),
    ),
    "qmail local": (
        "(qmail 1234 invoked by uid 0); 29 Feb 2024 12:00:00 -0000",
        Hop(),
    ),
    "microsoft": (
        "from AM0PR01.eurprd01.prod.exchangelabs.com (2603:10a6:208::13) by "
        "DB8PR01.eurprd01.prod.exchangelabs.com (2603:10a6:10::15) with Microsoft SMTP Server "
        "(version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.7316.39 via Frontend "
        "Transport; Thu, 29 Feb 2024 12:00:00 +0000",
        Hop(
            from_="AM0PR01.eurprd01.prod.exchangelabs.com",
            from_address="2603:10a6:208::13",
            by="DB8PR01.eurprd01.prod.exchangelabs.com",
            with_="Microsoft SMTP Server",
            id="15.20.7316.39",
            tls="TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ),
    ),
    "gmail": (
        "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS "
        "id d2e1a72.0.2024 for <ann@example.com> (Google Transport Security); Thu, 29 Feb 2024 04:00:00 -0800"
        " (PST)",
        Hop(
            from_="mail-sor-f41.google.com",
            from_address="209.85.220.41",
            by="mx.google.com",
            with_="SMTPS",
            id="d2e1a72.0.2024",
            for_="ann@example.com",
            tls="TLS",
        ),
    ),
    "gmail inside": (
        "by 2002:a05:6a10:1 with SMTP id x; Thu, 29 Feb 2024 04:00:00 -0800 (PST)",
        Hop(by="2002:a05:6a10:1", with_="SMTP", id="x"),
    ),
    "ses": (
        "from a9-1.smtp-out.amazonses.com (a9-1.smtp-out.amazonses.com [54.240.9.1]) by inbound-smtp.us-"
        "east-1.amazonaws.com with SMTP id abc123 for ann@example.com; Thu, 29 Feb 2024 12:00:00 +0000 (UTC)",
        Hop(
            from_="a9-1.smtp-out.amazonses.com",
            from_address="54.240.9.1",
            by="inbound-smtp.us-east-1.amazonaws.com",
            with_="SMTP",
            id="abc123",
            for_="ann@example.com",
        ),
    ),
    "ipv6 literal": (
        "from h (h [IPv6:2001:db8::1]) by y with ESMTP; Thu, 29 Feb 2024 12:00:00 +0000",
        Hop(from_="h", from_address="2001:db8::1", by="y", with_="ESMTP"),
    ),
    "no semicolon": (
        "from a.example by b.example with LMTP id 7 Thu, 29 Feb 2024 12:00:00 +0000",
        Hop(from_="a.example", by="b.example", with_="LMTP", id="7"),
    ),
    "semicolon after the date": (
        "from a.example by b.example; Thu, 29 Feb 2024 12:00:00 +0000; spam score 0",
        Hop(from_="a.example", by="b.example"),
    ),
}
NOON = 1_709_208_000_000_000


@pytest.mark.parametrize("name", LINES)
def test_the_fields_of_each_server_are_understood(name):
    text, expected = LINES[name]
    found = parse(text)
    values = (found.from_, found.from_address, found.by, found.with_, found.id, found.for_, found.tls)
    wanted = (
        expected.from_,
        expected.from_address,
        expected.by,
        expected.with_,
        expected.id,
        expected.for_,
        expected.tls,
    )
    assert values == wanted
    assert found.at == NOON
    assert found.raw == text


@pytest.mark.parametrize(
    "text", ["", ";", "(((((", ")))", "from", "from ; x", "from x (", "by by by", "from [999.1.1.1] by y; never"]
)
def test_nonsense_never_raises(text):
    assert parse(text).at is None


def test_hops_are_oldest_first_with_their_delays():
    raw = (
        b"Received: by c; Thu, 29 Feb 2024 11:59:58 +0000\n"
        b"Received: by nobody knows when\n"
        b"Received: by b;\n Thu, 29 Feb 2024 12:00:01 +0000\n"
        b"Received: by a; Thu, 29 Feb 2024 12:00:00 +0000\n\n"
    )
    found = hops(read(raw))
    assert [(hop.by, hop.delay_ms) for hop in found] == [("a", None), ("b", 1_000), ("nobody", None), ("c", -3_000)]
    assert hops(read(b"")) == ()
