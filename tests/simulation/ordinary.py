"""Addresses that real people and programs have, and that look a little like ours."""

from __future__ import annotations

_LOCALS = """
bounce bounces bounce+jane bounce+john.doe bounce+newsletter bounce+123 bounce+12345 bounce+1234567890
bounce+jane=example.org bounce+42=ann=customer.example bounce+550=ann bounce+550+ann=customer.example
bounce+abc123def456 bounce+2024 bounce+2026-11-23 bounce+20261123 bounce+campaign bounce+campaign-17 bounce+user_42
bounce+a1b2c3 bounce+list.news bounce+999 bounce+100 bounce+200+ok bounce+299+x bounce-jane bounce-123
bounce-42-ann=customer.example bounce-mc.us3_12345 bounces+1234-abcd-ann=customer.example bounces-list bounce-house
bouncer bouncing.baby bounce.back bounce_team bounce.castle bounce2 bounce-handler bounce-processing
bounce+SRS=abc=de=acme.example=ann bounce+tag bounce+sales+emea bounce+ bounce+xerox bounce+x bounce+p bounce+s
bounce+team42s bounce+v1.2.3 bounce+0.1.2 bounce+6.1.1 bounce+5.1 defer defer+jane defer.payments defer-payments
deferred defer+invoice defer+loan+2026 deferrals greylist greylist+ann greylist.admin greylist-admin greylisting
greylist+reports grey.list full full.name full-name full_name full+name full+time full-time full.stack full-stack
full+stack full+moon full.house full-service fullname full+access full-circle fully full+2026 full+ann success
success-team success.team success+ok success+customer success-story successful success+team success+partners
success_stories success+onboarding success.manager success+42 drop drop-shipping drop.shipping drop+shipping
dropbox dropship drop+box drop-in drop.off drop+off drop+zone dropouts drop+2026 drop+ann drop+mail slow slow.food
slow-food slow+food slow+cooker slowly slow+ann slow+motion slow+reader discard discard+ann discard.pile
discard+old discards complaint complaints complaint+ann complaint-desk complaint+case17 complaint.box complaint+42
complaint+form delay delay.desk delay+ann delay+notice delays delay-repay delay+pedal delay+flight limit limit+ann
limited limits limit.order limit-order limit+off limitless limit+edition rate rate+ann rates rate.card rate-card
rate+mortgage rate+us rate-limit rate+review rater garble garble+ann garbled garbles ndr ndr+ann ndr.radio ndr-info
ndr+sport dsn dsn+ann dsn.admin dsn+sentry dsn-team ooo ooo+ann ooo.office ooo+berlin challenge challenge+ann
challenge.cup challenge-2026 challenge+accepted challenges challenge+team prvs=1234abcdef=ann btv1==012abcd==ann
SRS0=abcd=ef=acme.example=ann SRS1=xyz=relay.example==abcd=ef msprvs1=17abc-ann 010201abcdef-1234-000000
return+ann=customer.example verp+ann=customer.example b+ann news-return-17-ann=customer.example owner-list
list-bounces list-bounces+ann=customer.example postmaster abuse mailer-daemon noreply no-reply do.not.reply info
sales support hello unknown_user mailbox_full spam policy gmail ann+bounce+5.1.1 ann+greylist x2 5.1.1 550
bounce%2B5.1.1 ann jane.doe john_smith j.r.r.tolkien o'hara ann+filter ann--label first--last bounce--label
"""

ORDINARY = [f"{local}@acme.example" for local in _LOCALS.split()] + [
    '"bounce+5.1.1"@acme.example',
    '"full name"@acme.example',
    "bounce+5.1.1",
    "bounce+5.1.1@",
    "@acme.example",
    "",
]
