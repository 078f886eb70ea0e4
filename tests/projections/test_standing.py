"""What stands between a caller and people: asked each time, kept ten minutes for when nobody answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from embedded.issuer import DemoIssuer, create_app as issuer_app
from embedded.issuer_users import SYSTEMS, WEB_CLIENT
from fastapi import Body, FastAPI, Header, HTTPException
from joserfc.jwk import KeySet
from plumbing.callers import Caller, CallerKind, Role, caller_of
from plumbing.client_token import ClientToken
from plumbing.clock import utc_now
from plumbing.problems import Problem
from plumbing.row_rights import Rule, Standing
from plumbing.tokens import Issuer, Tokens
from projections.standing import SCOPE, WriteSideStanding
from pydantic import SecretStr

from tests.plumbing.served import a_key, bound_socket, served
from tests.projections.history import named

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GUIDE = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
OTHER = Caller("bemiddelaar-02", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
ANNA, BRAM = named("person anna"), named("person bram")
TOLD = {
    "barriers": {"EIGEN_DOSSIER": [str(ANNA)]},
    "overridden": [{"person_ref": str(BRAM), "until": "2026-03-02T12:05:00Z"}],
}


@dataclass
class WriteSideOfTests:
    """Tells `answer` to a service with the scope; `status`: what it answers instead of 200."""

    issuer: str
    answer: Any = field(default_factory=lambda: TOLD)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()
        tokens = Tokens(Issuer(self.issuer), "vdab-pathway", utc_now)

        @app.post("/v1/standing")
        def standing(
            caller_ref: Annotated[str, Body(embed=True)], authorization: Annotated[str, Header()]
        ) -> object:
            caller = caller_of(tokens.access_claims(authorization.removeprefix("Bearer ")))
            self.asked.append(caller_ref)
            if self.status != 200 or SCOPE not in caller.scopes:
                raise HTTPException(self.status)
            return self.answer

        return app


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    at = bound_socket()
    own = DemoIssuer(f"http://127.0.0.1:{at.getsockname()[1]}", KeySet([a_key()]))
    with served(issuer_app(own), at):
        yield own.url


@pytest.fixture
def write_side(issuer: str) -> WriteSideOfTests:
    return WriteSideOfTests(issuer)


@dataclass
class Asking:
    """The read side's own way to ask, at a moment that a test moves."""

    standing: WriteSideStanding
    moment: list[datetime]

    def of(self, caller: Caller = GUIDE) -> Standing:
        return self.standing.of(caller)

    def later(self, **more: float) -> None:
        self.moment[0] += timedelta(**more)


@pytest.fixture
def asking(issuer: str, write_side: WriteSideOfTests) -> Iterator[Asking]:
    at, moment = bound_socket(), [NOON]
    token = ClientToken(Issuer(issuer), WEB_CLIENT, SecretStr(SYSTEMS[WEB_CLIENT].secret), SCOPE)
    address = f"http://127.0.0.1:{at.getsockname()[1]}"
    own = WriteSideStanding(address, token, lambda: moment[0])
    with served(write_side.app(), at):
        yield Asking(own, moment)
    own.close()


def refused(asking: Asking, caller: Caller = GUIDE) -> tuple[int, str]:
    with pytest.raises(Problem) as told:
        asking.of(caller)
    return told.value.status, told.value.type


def test_it_is_told_by_the_write_side_each_time(
    asking: Asking, write_side: WriteSideOfTests
) -> None:
    first = asking.of()
    write_side.answer = {"barriers": {}, "overridden": []}

    assert first == Standing({Rule.OWN_FILE: [ANNA]}, [BRAM])
    assert asking.of() == Standing({}, [])
    assert write_side.asked == [GUIDE.ref, GUIDE.ref]


def test_what_was_told_serves_ten_minutes_when_nobody_answers(
    asking: Asking, write_side: WriteSideOfTests
) -> None:
    asking.of()
    write_side.status = 503

    asking.later(minutes=10)
    lately = asking.of()
    asking.later(seconds=1)

    assert lately.barriers == {Rule.OWN_FILE: [ANNA]}
    assert refused(asking) == (503, "standing-away")


def test_an_override_ends_in_its_time_also_when_nobody_answers(
    asking: Asking, write_side: WriteSideOfTests
) -> None:
    asking.of()
    write_side.status = 503

    asking.later(minutes=4, seconds=59)
    before = asking.of().overridden
    asking.later(seconds=1)

    assert (before, asking.of().overridden) == ([BRAM], [])


def test_what_was_told_about_one_serves_nobody_else(
    asking: Asking, write_side: WriteSideOfTests
) -> None:
    asking.of()
    write_side.status = 503

    assert refused(asking, OTHER) == (503, "standing-away")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"barriers": {"NIEUWE_REGEL": [str(ANNA)]}, "overridden": []},
        {"barriers": {"VERWANT": ["anna"]}, "overridden": []},
        {"barriers": {}, "overridden": [{"person_ref": str(ANNA), "until": "2026-03-02T12:05"}]},
    ],
)
def test_an_answer_that_is_not_understood_is_none(
    asking: Asking, write_side: WriteSideOfTests, answer: object
) -> None:
    write_side.answer = answer

    assert refused(asking) == (503, "standing-away")


def test_a_token_that_is_refused_is_asked_anew(
    asking: Asking, write_side: WriteSideOfTests
) -> None:
    write_side.status = 401

    assert refused(asking) == (503, "standing-away")
    assert write_side.asked == [GUIDE.ref, GUIDE.ref]
    write_side.status = 200
    assert asking.of().barriers == {Rule.OWN_FILE: [ANNA]}


def test_with_the_issuer_away_what_was_told_lately_serves_too(asking: Asking) -> None:
    asking.of()
    asking.standing.token = ClientToken(Issuer("http://127.0.0.1:1"), "x", SecretStr("x"), SCOPE)

    assert asking.of().barriers == {Rule.OWN_FILE: [ANNA]}
    assert refused(asking, OTHER) == (503, "standing-away")
