"""An answer that the asker has already is not sent again; one that changed is."""

from datetime import date

import pytest

from tests.projections.conftest import Worker
from tests.projections.history import History
from tests.projections.web.conftest import As
from tests.projections.web.given import MINE, NORTH

YEAR = "from=2015-01-01&until=2015-12-31"


def gerda() -> History:
    history = History("gerda").enrolled(date(2015, 5, 4)).assigned(date(2015, 5, 6), MINE, NORTH)
    return history.ibo("a", date(2015, 6, 1), date(2015, 8, 28)).completed("a", date(2015, 8, 28))


@pytest.mark.parametrize(
    "path",
    ["/v1/caseload", f"/v1/reports/flow?{YEAR}", f"/v1/pathways/{gerda().pathway_id}/timeline"],
)
def test_an_unchanged_answer_is_not_sent_again(
    as_: As, counsellor: Worker, reporting: Worker, path: str
) -> None:
    client, history = as_(MINE), gerda()
    for worker in (counsellor, reporting):
        worker.put(history)
    known = {"If-None-Match": f'"other", {client.get(path).headers["etag"]}'}

    assert client.get(path, headers=known).status_code == 304
    history.hired(date(2015, 9, 1))
    for worker in (counsellor, reporting):
        worker.put(history, from_version=len(history))
    assert client.get(path, headers=known).status_code == 200
