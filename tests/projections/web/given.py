"""Pathways that the tests of the pages start from: one caseload of two units on 1 October 2015."""

from datetime import date

from embedded.issuer_users import PARTNER_KBO

from tests.projections.history import History

MINE, COLLEAGUE, ELSEWHERE = "bemiddelaar-01", "bemiddelaar-02", "bemiddelaar-04"
NORTH, SOUTH = "OE-VOORBEELD-NOORD", "OE-VOORBEELD-ZUID"
LEADER, OFFICER, AUDITOR = "teamleider-01", "rapporteur-01", "auditor-01"


def anna() -> History:
    """Mine, in an IBO that ends next week."""
    history = History("anna").enrolled(date(2015, 6, 1)).characteristics(date(2015, 6, 1))
    history.assigned(date(2015, 6, 3), MINE, NORTH)
    return history.ibo("a", date(2015, 7, 1), date(2015, 10, 9))


def bram() -> History:
    """Mine, in a stage whose end nobody registered."""
    history = History("bram").enrolled(date(2015, 2, 2)).assigned(date(2015, 2, 5), MINE, NORTH)
    return history.stage("a", date(2015, 3, 2), date(2015, 8, 28))


def cora() -> History:
    """A colleague's of my unit, without a module."""
    return History("cora").enrolled(date(2015, 5, 4)).assigned(date(2015, 5, 6), COLLEAGUE, NORTH)


def dirk() -> History:
    """Another unit's, in an IBO."""
    history = (
        History("dirk").enrolled(date(2015, 5, 4)).assigned(date(2015, 5, 6), ELSEWHERE, SOUTH)
    )
    return history.ibo("a", date(2015, 9, 1), date(2016, 1, 29))


def els() -> History:
    """Nobody's yet."""
    return History("els").enrolled(date(2015, 9, 28))


def fons() -> History:
    """Mine, at work after an IBO, and closed so lately that it still shows."""
    history = History("fons").enrolled(date(2014, 1, 6)).assigned(date(2014, 1, 8), MINE, NORTH)
    history.ibo("a", date(2014, 2, 3), date(2014, 6, 27)).completed("a", date(2014, 6, 27))
    return history.hired(date(2014, 7, 1)).closed(date(2015, 9, 7))


def greta() -> History:
    """Another unit's, whom the demo's partner guides since WEP+ ended."""
    history = History("greta").enrolled(date(2014, 11, 3)).characteristics(date(2014, 11, 3))
    history.assigned(date(2014, 11, 4), ELSEWHERE, SOUTH)
    history.work_experience("w", date(2014, 12, 1), date(2015, 9, 30))
    history.migrated(date(2015, 7, 1), "w", to=PARTNER_KBO)
    return history.stage("s", date(2015, 9, 7), date(2015, 10, 9))


def everyone() -> list[History]:
    return [anna(), bram(), cora(), dirk(), els(), fons()]
