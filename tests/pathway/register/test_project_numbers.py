"""A project's number is a code: nobody's name or telephone number comes into the log, or on a topic."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pathway.application import Pathways
from pathway.domain.values import ProjectNumber
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.importing import RegisterImport
from pydantic import TypeAdapter, ValidationError

from tests.pathway.publishing import Publishing, topics_for
from tests.wep_plus import ANNA, BORIS, FIXTURES, a_register, a_row

FREE_TEXT = "Anna Peeters 0470 12 34 56"
NUMBER: TypeAdapter[str] = TypeAdapter(ProjectNumber)


@pytest.fixture
def publishing(
    pathway_url: str, kafka_bootstrap: str, topic_suffix: str, tmp_path: Path
) -> Iterator[Publishing]:
    with topics_for(pathway_url, kafka_bootstrap, topic_suffix, tmp_path) as publishing:
        yield publishing


@pytest.mark.parametrize(
    "number",
    ["WEP-2014-0032", "1", "WEP+/2014(2)", "P_12.3:4", "12345678", "A1" * 20, "12345678A9"],
)
def test_a_code_is_a_project_number(number: str) -> None:
    assert NUMBER.validate_python(number) == number


@pytest.mark.parametrize(
    "text",
    [
        FREE_TEXT, "Anna", "Anna Peeters 1", "WEP 1", "WEP\t1", "Müller1", "project;1", "a@b1",
        "123456789", "0470123456", "0470/12.34.56", "W(047)0-12+34:56", "04_70_12_34_56", ANNA,
        f"{ANNA[:2]}.{ANNA[2:4]}.{ANNA[4:6]}-{ANNA[6:9]}.{ANNA[9:]}", "", "١٢٣", "A1" * 20 + "B",
    ],
)  # fmt: skip
def test_a_text_or_a_long_number_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        NUMBER.validate_python(text)


def test_every_project_number_of_the_sample_is_one() -> None:
    with open_register(FIXTURES / "register.csv") as register:
        numbers = {row.project for person in register.persons() for row in person.rows}

    assert None not in numbers
    assert {NUMBER.validate_python(number) for number in numbers} == numbers


def test_a_row_whose_project_number_is_free_text_is_refused_and_reaches_neither_log_nor_topic(
    publishing: Publishing, pathways: Pathways, tmp_path: Path
) -> None:
    file = a_register(tmp_path, a_row(projectnummer=FREE_TEXT), a_row(insz=BORIS))

    with open_register(file) as register:
        for _ in RegisterImport(pathways, "digest").run(register):
            pass
        assert register.report.rejected == {2: "value-invalid"}
    publishing.publish_all(pathways.store)

    with psycopg.connect(pathways.store.database_url) as connection:
        logged = [row[0] for row in connection.execute("select state from pathway.pathway_events")]
    sent = [record.value for topic in publishing.settings.topics for record in publishing.on(topic)]
    assert len(logged) == 4
    assert len(sent) == 5
    assert [one for one in (*logged, *sent) if b"Peeters" in one or b"0470" in one] == []
