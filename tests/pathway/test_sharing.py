"""Calls that threads share: one for all who came meanwhile, each with an answer of its own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep

import pytest
from pathway.sharing import Shared

DEADLINE = 15.0


class Slow:
    """Doubles numbers; the first call waits until told. Thirteen is refused."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.began, self.go_on = Event(), Event()

    def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.calls.append(list(numbers))
        self.began.set()
        assert self.go_on.wait(DEADLINE)
        return [ValueError("thirteen") if one == 13 else 2 * one for one in numbers]


def waiting(shared: Shared[int, int], many: int) -> None:
    deadline = monotonic() + DEADLINE
    while len(shared._waiting) < many:
        assert monotonic() < deadline
        sleep(0.001)


def test_who_comes_during_a_call_goes_with_the_next_in_the_order_of_coming() -> None:
    slow = Slow()
    shared = Shared(slow, most=3)
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(shared.ask, 1)
        assert slow.began.wait(DEADLINE)
        others = []
        for number in (2, 3, 4, 5):
            others.append(threads.submit(shared.ask, number))
            waiting(shared, number - 1)

        slow.go_on.set()

        assert [one.result(DEADLINE) for one in (first, *others)] == [2, 4, 6, 8, 10]
    assert slow.calls == [[1], [2, 3, 4], [5]]


def test_what_goes_wrong_with_one_goes_wrong_for_nobody_else() -> None:
    slow = Slow()
    shared = Shared(slow, most=10)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(shared.ask, 1)
        assert slow.began.wait(DEADLINE)
        wrong, right = threads.submit(shared.ask, 13), threads.submit(shared.ask, 3)
        waiting(shared, 2)
        slow.go_on.set()

        with pytest.raises(ValueError, match="thirteen"):
            wrong.result(DEADLINE)
        assert (first.result(DEADLINE), right.result(DEADLINE)) == (2, 6)
    assert [len(call) for call in slow.calls] == [1, 2]


def test_what_ends_one_thread_ends_none_that_shared_its_call() -> None:
    def interrupted(_numbers: Sequence[int]) -> list[int | Exception]:
        began.set()
        assert go_on.wait(DEADLINE)
        raise KeyboardInterrupt

    began, go_on = Event(), Event()
    shared = Shared(interrupted, most=10)
    with ThreadPoolExecutor(4) as threads:
        # The first call is of one; the second is of three, and the first of those makes it.
        calls = [threads.submit(shared.ask, 1)]
        assert began.wait(DEADLINE)
        for number in (2, 3, 4):
            calls.append(threads.submit(shared.ask, number))
            waiting(shared, number - 1)
        go_on.set()
        ended = [type(one.exception(DEADLINE)) for one in calls]

    assert ended == [KeyboardInterrupt, KeyboardInterrupt, RuntimeError, RuntimeError]


def test_a_call_that_fails_is_told_to_all_who_shared_it_and_the_next_one_is_made() -> None:
    def failing(_numbers: Sequence[int]) -> list[int | Exception]:
        began.set()
        assert go_on.wait(DEADLINE)
        raise ConnectionError("away")

    began, go_on = Event(), Event()
    shared = Shared(failing, most=10)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(shared.ask, 1)
        assert began.wait(DEADLINE)
        others = [threads.submit(shared.ask, number) for number in (2, 3)]
        waiting(shared, 2)
        go_on.set()

        for one in (first, *others):
            with pytest.raises(ConnectionError, match="away"):
                one.result(DEADLINE)

    with pytest.raises(ConnectionError, match="away"):
        shared.ask(4)
