"""Where a fact is, over REST: for who keeps things running, and without a word of what it says."""

from uuid import UUID, uuid4

import psycopg
import pytest

from tests.pathway.api.client import AUDITOR, COUNSELLOR, LEADER, OPERATOR, Caller


def barred(counsellor: Caller, pathway_url: str, pathway: UUID) -> None:
    """A confidential file, before which nobody but those with that right stands."""
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute(
            """
            insert into pathway.barrier (barrier_id, kind, person_ref, caller_ref, motive, set_at, set_by)
            select gen_random_uuid(), 'VERTROUWELIJK', person_ref, null, 'INVENTED', now(), 'tests'
            from pathway.person_pathway where pathway_id = %s
            """,
            (pathway,),
        )


@pytest.mark.parametrize("who", [OPERATOR, AUDITOR])
def test_it_is_told_by_fact_or_by_pathway_and_version(counsellor: Caller, who: str) -> None:
    pathway = counsellor.enrolled()
    caller = counsellor.signed_in_as(who)

    answer = caller.get(f"/v1/facts/{pathway}:1/where").json()
    by_id = caller.get(f"/v1/facts/{answer['fact_id']}/where").json()

    assert by_id == answer
    assert (answer["pathway_id"], answer["version"]) == (str(pathway), 1)
    published = answer["published"]
    assert (published["state"], published["ahead"], published["first_offset"]) == (
        "NO_PUBLISHER", 0, None,
    )  # fmt: skip
    assert "Enrolled" not in str(answer)


def test_without_brokers_the_groups_are_said_not_to_be_known(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()

    answer = counsellor.signed_in_as(OPERATOR).get(f"/v1/facts/{pathway}:1/where").json()

    assert answer["groups"] is None
    assert "KAFKA_BOOTSTRAP_SERVERS" in answer["groups_unknown"]


@pytest.mark.parametrize("who", [COUNSELLOR, LEADER])
def test_it_is_for_nobody_else(counsellor: Caller, who: str) -> None:
    pathway = counsellor.enrolled()

    assert counsellor.signed_in_as(who).get(f"/v1/facts/{pathway}:1/where").status_code == 403


@pytest.mark.parametrize("told", ["1", "x:1", f"{UUID(int=7)}:0", f"{UUID(int=7)}:x"])
def test_what_names_no_fact_is_refused_as_such(counsellor: Caller, told: str) -> None:
    answer = counsellor.signed_in_as(OPERATOR).get(f"/v1/facts/{told}/where")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_an_unknown_fact_is_told_as_one_and_traced(counsellor: Caller, pathway_url: str) -> None:
    operator, unknown = counsellor.signed_in_as(OPERATOR), uuid4()
    pathway = counsellor.enrolled()

    answers = [operator.get(f"/v1/facts/{one}/where") for one in (unknown, f"{pathway}:2")]

    assert {(one.status_code, one.json()["type"]) for one in answers} == {
        (404, "/problems/no-such-fact")
    }
    assert looks(pathway_url)[-2:] == [(str(unknown), "DENY"), (str(pathway), "DENY")]


def test_a_look_is_traced_under_the_person(counsellor: Caller, pathway_url: str) -> None:
    pathway = counsellor.enrolled()

    counsellor.signed_in_as(OPERATOR).get(f"/v1/facts/{pathway}:1/where")
    counsellor.get(f"/v1/facts/{pathway}:1/where")

    with psycopg.connect(pathway_url) as connection:
        [[person]] = connection.execute(
            "select person_ref from pathway.person_pathway where pathway_id = %s", (pathway,)
        ).fetchall()
    assert looks(pathway_url)[-2:] == [(str(person), "PERMIT"), (str(person), "DENY")]


@pytest.mark.parametrize("who", [OPERATOR, AUDITOR])
def test_a_barrier_hides_it_in_the_words_of_a_fact_that_is_not_there(
    counsellor: Caller, pathway_url: str, who: str
) -> None:
    pathway = counsellor.enrolled()
    barred(counsellor, pathway_url, pathway)
    caller = counsellor.signed_in_as(who)

    hidden = caller.get(f"/v1/facts/{pathway}:1/where")
    nowhere = caller.get(f"/v1/facts/{uuid4()}:1/where")

    assert (hidden.status_code, hidden.json()["detail"]) == (404, nowhere.json()["detail"])


def looks(pathway_url: str) -> list[tuple[str, str]]:
    """The trace so far: about whom, and what was decided."""
    with psycopg.connect(pathway_url) as connection:
        return connection.execute(
            "select about, decision from pathway.access_row where endpoint = 'where_is_fact'"
            " order by id"
        ).fetchall()
