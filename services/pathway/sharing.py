"""Calls that many threads share: whoever comes while one is under way goes with the next."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

One = TypeVar("One")
Answer = TypeVar("Answer")


class _Asked(Generic[One, Answer]):
    def __init__(self, one: One) -> None:
        self.one = one
        self.turn: Future[Answer | None] = Future()
        """Its answer; None when it is its turn to make the next call."""


class Shared(Generic[One, Answer]):
    """A call that answers several things at once, shared by the threads that ask meanwhile.

    `call` is given at most `most` things, and tells for each its answer or what went wrong with it.
    Who is alone calls at once; nobody waits for company.
    """

    def __init__(
        self, call: Callable[[Sequence[One]], Sequence[Answer | Exception]], most: int
    ) -> None:
        self._call = call
        self._most = most
        self._lock = Lock()
        self._waiting: deque[_Asked[One, Answer]] = deque()
        self._under_way = False

    def ask(self, one: One) -> Answer:
        """The answer for this one thing. Raises what went wrong with it, or with the call."""
        mine = _Asked[One, Answer](one)
        with self._lock:
            self._waiting.append(mine)
            others_turn, self._under_way = self._under_way, True
        if others_turn and (answer := mine.turn.result()) is not None:
            return answer
        return self._called_for_all()

    def _called_for_all(self) -> Answer:
        """Call for all who wait, of whom we are the first; the next call is for who comes after them."""
        with self._lock:
            asked = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            answers = self._call([each.one for each in asked])
        except BaseException as failed:
            # What ends our thread (Ctrl-C) ends nobody else's.
            told = (
                failed if isinstance(failed, Exception) else RuntimeError("the call was given up")
            )
            answers = [failed, *[told] * (len(asked) - 1)]
        finally:
            with self._lock:
                self._under_way = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.set_result(None)
        for each, answer in zip(asked[1:], answers[1:], strict=True):
            if isinstance(answer, BaseException):
                each.turn.set_exception(answer)
            else:
                each.turn.set_result(answer)
        if isinstance(answers[0], BaseException):
            raise answers[0]
        return answers[0]
