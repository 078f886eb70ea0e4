"""In which tender lot somebody is guided on a day."""

import pytest
from pathway.domain.codes import AnnulmentReason, Scheme
from pathway.domain.corrections import RegistrationAnnulled
from pathway.domain.facts import Fact
from pathway.domain.lots import lot_on

from tests.pathway.domain.kit import GUIDE, TODAY, day, enrolled, fact_id, given, w_started
from tests.pathway.domain.test_referral import changed, confirmed, referred, refused
from tests.pathway.domain.test_wep_plus_rules import W_KIND, migrated

MOVED = migrated("2016-01-04", (1, W_KIND, "2015-09-30"), to_scheme=Scheme.IWPL_TENDER)
INTO_LOT_7 = MOVED.model_copy(update={"lot": "perceel-7"})
NEXT_LOT = changed("2016-04-01", GUIDE, "0887010362").model_copy(update={"lot": "perceel-9"})


@pytest.mark.parametrize(
    ("facts", "on", "lot"),
    [
        ([], "2016-03-01", None),
        ([referred("2016-02-01")], "2016-03-01", None),
        ([referred("2016-02-01"), refused("2016-02-08")], "2016-03-01", None),
        ([referred("2016-02-01"), confirmed("2016-02-08")], "2016-02-07", None),
        ([referred("2016-02-01"), confirmed("2016-02-08")], "2016-02-08", "perceel-4"),
        ([w_started(1), INTO_LOT_7], "2016-01-03", None),
        ([w_started(1), INTO_LOT_7], "2016-01-04", "perceel-7"),
        ([w_started(1), INTO_LOT_7, NEXT_LOT], "2016-03-31", "perceel-7"),
        ([w_started(1), INTO_LOT_7, NEXT_LOT], "2016-04-01", "perceel-9"),
        ([NEXT_LOT, INTO_LOT_7], "2016-05-01", "perceel-9"),
        ([INTO_LOT_7, changed("2016-04-01", GUIDE, "0887010362")], "2016-05-01", None),
    ],
)
def test_the_newest_fact_up_to_the_day_that_handed_the_guidance_over_says_it(
    facts: list[Fact], on: str, lot: str | None
) -> None:
    assert lot_on(given(enrolled(), *facts).told, day(on)) == lot


def test_what_was_annulled_says_nothing() -> None:
    annulled = RegistrationAnnulled(
        occurred_on=TODAY, target=fact_id(3), reason=AnnulmentReason.VERKEERDE_PERSOON
    )

    told = given(enrolled(), INTO_LOT_7, NEXT_LOT, annulled).told

    assert lot_on(told, day("2016-05-01")) == "perceel-7"
