"""A sentence for each event of the contract, in both languages."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from projections.counsellor.projection import counsellor_rows
from projections.counsellor.queries import Entry
from projections.counsellor.sentences import late, sentence
from projections.words import DASH, words

import schemas
from schemas.events import EVENTS

EXAMPLES = Path(schemas.__file__).parent / "examples"


def entry(event: str, **changes: object) -> Entry:
    """The example of an event as the timeline has it, with other data where the test says so."""
    message = json.loads((EXAMPLES / f"{event}.v1.json").read_text())
    message["data"] |= changes
    parsed = schemas.parse(json.dumps(message).encode())
    (row,) = counsellor_rows([parsed])["timeline"]
    return Entry(**row)


@pytest.mark.parametrize("event", [data.event for data in EVENTS])
def test_every_event_is_told_in_both_languages(event: str) -> None:
    dutch, english = (sentence(entry(event), words(language)) for language in ("nl", "en"))

    assert dutch.endswith(".")
    assert not dutch.startswith("Gebeurtenis van een nieuwere soort")
    assert "{" not in dutch + english
    assert dutch != english


@pytest.mark.parametrize(
    ("event", "changes", "told"),
    [
        ("enrolled", {"inferred": True}, "Ingeschreven; de dag is afgeleid uit de eerste module."),
        (
            "participant-characteristics-recorded",
            dict.fromkeys(("commune", "unemployed_since", "age_group", "gender", "education")),
            f"Kenmerken geregistreerd: {DASH}.",
        ),
        (
            "module-stopped",
            {"module_kind": "WEP_WERKERVARING", "reason": "EINDE_MAATREGEL"},
            "Werkervaringsmodule (WEP+) beëindigd omdat de maatregel eindigde.",
        ),
        (
            "module-stopped",
            {"module_kind": "IBO", "reason": "NIET_OPGEDAAGD"},
            "IBO stopgezet: niet opgedaagd.",
        ),
        (
            "pathway-plan-agreed",
            {"goals": [], "actions": ["TAALOPLEIDING"]},
            (
                f"Trajectplan afgesproken: taalopleiding; jobdoelen (Competent): {DASH}; opnieuw te "
                "bekijken op 20/04/2015."
            ),
        ),
        (
            "absence-reported",
            {"module_kind": "IBO", "last_day": "2016-03-08", "reason": "ANDERE"},
            "IBO: afwezig tot en met 08/03/2016 (andere).",
        ),
        ("pathway-closed", {"exit_type": "PENSIOEN"}, "Traject afgesloten: pensioen."),
        (
            "deadline-reached",
            {"deadline": "MODULE_EINDE", "module_kind": "IBO", "checkpoint": None},
            "Gepland einde bereikt: IBO.",
        ),
        (
            "deadline-reached",
            {"deadline": "AANWERVING", "module_kind": "IBO", "checkpoint": None},
            "Laatste dag om aan te werven na IBO.",
        ),
        (
            "deadline-reached",
            {"deadline": "TOELEIDING", "provider": "0400000148", "checkpoint": None},
            "De klok van de toeleiding naar 0400.000.148 is afgelopen.",
        ),
        ("deadline-reached", {}, "Na te gaan of de persoon werkt: 12 maanden na de uitstroom."),
    ],
)
def test_what_is_told_otherwise(event: str, changes: dict[str, object], told: str) -> None:
    assert sentence(entry(event, **changes), words("nl")) == told


def test_hours_that_nobody_told_are_left_out() -> None:
    changes = {"hours_per_week": None, "promotor": "0400000148", "planned_until": "2015-09-30"}

    told = sentence(entry("work-experience-module-started", **changes), words("nl"))

    assert told == (
        "Werkervaringsmodule (WEP+) gestart bij promotor 0400.000.148, gepland tot en met 30/09/2015."
    )


def test_an_event_of_a_later_release_is_named() -> None:
    unknown = Entry(
        version=1,
        event_id=entry("enrolled").event_id,
        event="praised",
        occurred_on=date(2015, 9, 1),
        recorded_at=datetime(2015, 9, 1, tzinfo=UTC),
        actor_type="BEMIDDELAAR",
        actor_org="OVO000083",
        pathway_status=None,
        details={},
    )

    assert sentence(unknown, words("en")) == "Event of a newer kind: praised."


@pytest.mark.parametrize(
    ("recorded_at", "actor", "told"),
    [
        (datetime(2016, 5, 27, 21, 59, tzinfo=UTC), "BEMIDDELAAR", ""),
        # Already the eighth day after it in Brussels.
        (
            datetime(2016, 5, 27, 22, 0, tzinfo=UTC),
            "BEMIDDELAAR",
            "Laat: 8 dagen na de dag zelf.",
        ),
        (datetime(2021, 5, 27, 9, 0, tzinfo=UTC), "PARTNER", "Laat: 1.833 dagen na de dag zelf."),
        (datetime(2021, 5, 27, 9, 0, tzinfo=UTC), "IMPORT", ""),
        (datetime(2021, 5, 27, 9, 0, tzinfo=UTC), "SYSTEEM", ""),
        (datetime(2016, 5, 1, 9, 0, tzinfo=UTC), "BEMIDDELAAR", ""),
    ],
)
def test_who_registered_long_after_the_day_is_told_to_be_late(
    recorded_at: datetime, actor: str, told: str
) -> None:
    one = replace(
        entry("module-stopped"),
        occurred_on=date(2016, 5, 20),
        recorded_at=recorded_at,
        actor_type=actor,
    )

    assert late(one, words("nl")) == told
