"""What is counted since the start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mailpit_py.application.statistics import Statistics, memory_bytes


def test_nothing_is_lost_between_threads() -> None:
    statistics = Statistics()
    with ThreadPoolExecutor(4) as threads:
        for _ in range(400):
            threads.submit(statistics.accept, 10)
            threads.submit(statistics.reject, 2)
    counted = statistics.as_mapping(deleted=3)
    assert (counted["SMTPAccepted"], counted["SMTPAcceptedSize"], counted["SMTPRejected"]) == (400, 4_000, 800)
    assert (counted["MessagesDeleted"], counted["SMTPIgnored"]) == (3, 0)
    assert counted["Uptime"] >= 0


def test_memory_is_told_in_bytes() -> None:
    assert 1 << 20 < memory_bytes() < 1 << 40
