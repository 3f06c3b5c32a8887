"""What is kept: the newest, by count, by age and by bytes; pinned messages always."""

from __future__ import annotations

import pytest

from mailpit_py.application.retention import Retention, limits
from mailpit_py.config import Config
from mailpit_py.storage import Cursor, Limits, Selection, Store, StoreOptions, upkeep
from tests.storage.building import NOW, arrival, attempt, eventually, keep, raw_message, session, subjects


def opened(**limit: int | None) -> Store:
    return Store.open(None, StoreOptions(limits=Limits(**limit)))


def test_the_newest_are_kept_by_count():
    with opened(max_messages=3) as store:
        keep(store, *(arrival(raw_message(f"m{number}")) for number in range(10)))
        assert eventually(lambda: store.counts().total == 3)
        assert subjects(store) == ["m9", "m8", "m7"]


def test_pruning_keeps_pace_with_a_flood():
    with opened(max_messages=100) as store:
        sizes = []
        for _ in range(30):
            keep(store, *(arrival() for _ in range(100)))
            sizes.append(store.counts().total)
        assert max(sizes) <= 500
        assert eventually(lambda: store.counts().total == 100)


def test_pinned_messages_stay_and_do_not_count():
    with opened(max_messages=2) as store:
        (pinned,) = keep(store, arrival(raw_message("pinned")))
        store.mark("default", Selection.ids([pinned]), pinned=True).result(5)
        keep(store, *(arrival(raw_message(f"m{number}")) for number in range(5)))
        assert eventually(lambda: store.counts().total == 3)
        assert subjects(store) == ["m4", "m3", "pinned"]


def test_the_oldest_go_when_all_together_are_too_large():
    with opened(max_messages=None, max_bytes=3_000) as store:
        keep(store, *(arrival(raw_message(f"m{number}", "x" * 900)) for number in range(6)))
        assert eventually(lambda: store.counts().size_bytes <= 3_000)
        assert subjects(store) == ["m5", "m4", "m3"]


@pytest.mark.parametrize("sizes", [[5_000], [1_000] * 300], ids=["one-large", "more-than-a-chunk"])
def test_the_bytes_of_pinned_messages_do_not_count(tmp_path, sizes):
    with Store.open(tmp_path / "mail.db", StoreOptions(limits=Limits(max_messages=None))) as store:
        pinned = keep(store, *(arrival(raw_message("pinned", "x" * size)) for size in sizes))
        store.mark("default", Selection.ids(pinned), pinned=True).result(5)
    with Store.open(tmp_path / "mail.db", StoreOptions(limits=Limits(max_messages=None, max_bytes=3_000))) as store:
        keep(store, *(arrival(raw_message(f"m{number}", "x" * 900)) for number in range(6)))
        assert eventually(lambda: store.counts().total == len(pinned) + 3)
        assert (subjects(store, limit=3), store.counts().pinned) == (["m5", "m4", "m3"], len(pinned))


def test_the_newest_message_stays_beside_pinned_ones():
    with opened(max_messages=None, max_bytes=10) as store:
        (pinned,) = keep(store, arrival(raw_message("pinned", "x" * 5_000)))
        store.mark("default", Selection.ids([pinned]), pinned=True).result(5)
        keep(store, arrival(raw_message("small")), arrival(raw_message("large", "x" * 5_000)))
        assert eventually(lambda: store.counts().total == 2)
        assert subjects(store) == ["large", "pinned"]


def test_the_newest_message_stays_however_large_it_is():
    with opened(max_messages=None, max_bytes=10) as store:
        keep(store, arrival(raw_message("small")), arrival(raw_message("large", "x" * 5_000)))
        assert eventually(lambda: store.counts().total == 1)
        assert subjects(store) == ["large"]


def test_old_messages_and_attempts_go_by_wall_time_but_not_pinned_ones():
    now = [NOW]
    options = StoreOptions(limits=Limits(max_messages=None, max_age_seconds=60), wall=lambda: now[0])
    with Store.open(None, options) as store:
        (pinned,) = keep(store, arrival(raw_message("pinned")))
        keep(store, arrival(raw_message("old")), arrival(raw_message("young"), received_at=NOW + 30_000_000))
        store.mark("default", Selection.ids([pinned]), pinned=True).result(5)
        store.refuse(attempt()).result(5)
        assert Retention(store).sweep().result(5) == 0
        now[0] += 61_000_000
        assert Retention(store).sweep().result(5) == 2
        assert (subjects(store), store.counts().refused) == (["young", "pinned"], 0)


def test_the_age_timer_runs_by_itself():
    options = StoreOptions(limits=Limits(max_age_seconds=60), wall=lambda: NOW + 61_000_000)
    with Store.open(None, options) as store:
        keep(store, arrival())
        retention = Retention(store, interval=0.01)
        retention.start()
        assert eventually(lambda: store.counts().total == 0)
        retention.stop()


def test_what_went_is_told_in_the_journal():
    with opened(max_messages=1) as store:
        one, _ = keep(store, arrival(), arrival())
        assert eventually(lambda: store.counts().total == 1)
        removed = [change for change in store.changes(Cursor(store.epoch, 0)).items if change.kind == "removed"]
        assert [[ref.public_id for ref in change.refs] for change in removed] == [[one]]


def test_only_the_newest_thousand_attempts_are_kept():
    with opened() as store:
        for future in [store.refuse(attempt()) for _ in range(1_010)]:
            future.result(10)
        assert eventually(lambda: store.counts().refused == 1_000)
        assert min(item.id for item in store.page(refused=True, limit=1_000).items) == 11


def test_a_thousand_sessions_without_mail_are_kept(store, run_sql):
    for future in [store.close_session(session(f"s{one}"), closed_at=NOW, ending="quit") for one in range(1_100)]:
        future.result(10)
    (carried,) = keep(store, arrival())
    store._submit(upkeep.trim).result(10)
    assert run_sql(store, "SELECT count(*), min(id) FROM session WHERE kept = 0") == [(1_000, 101)]
    store.delete("default", Selection.ids([carried])).result(5)
    store._submit(upkeep.trim).result(10)
    assert run_sql(store, "SELECT count(*), min(id) FROM session") == [(1_000, 102)]


def test_the_options_become_limits():
    assert limits(Config(max=0, max_age="12h", max_bytes="2M")) == Limits(None, 43_200, 2 << 20)


@pytest.mark.parametrize("lost", [1, 250])
def test_a_great_many_go_in_pieces_between_which_others_write(lost):
    with opened(max_messages=None) as store:
        keep(store, *(arrival(raw_message(f"m{number}")) for number in range(lost)))
        pieces: list[tuple[int, int]] = []
        deleting = store.delete(
            "default", Selection.matching(store.parse_query("subject:m")), progress=lambda *step: pieces.append(step)
        )
        keep(store, arrival(raw_message("other")))
        assert (deleting.result(10), subjects(store)) == (lost, ["other"])
        assert pieces == [(200, lost)] * (lost > 200)
