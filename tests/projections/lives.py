"""A life for tests to which it does not matter whose it is."""

from datetime import date

from tests.projections.history import History

MARCH, APRIL, MAY, JUNE = (date(2024, month, 1) for month in (3, 4, 5, 6))


def life(name: str) -> History:
    """Six events: enrolled, guided, trained by an employer and hired."""
    return (
        History(name)
        .enrolled(MARCH)
        .characteristics(MARCH)
        .assigned(MARCH)
        .ibo("ibo", APRIL, JUNE)
        .completed("ibo", MAY)
        .hired(JUNE)
    )
