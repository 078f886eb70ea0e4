"""What FastAPI costs by itself: the same address, the same body, and nothing done with it."""

from uuid import UUID

from fastapi import FastAPI
from pathway.api_models import PersonName
from pathway.api_person_models import NameSought, PeopleFound
from pathway.domain.guidance import AssignCounsellor

app = FastAPI()
FOUND = PeopleFound(
    people=[
        PersonName(person_ref=UUID(int=n), last_name="Van den Broeck", first_name="Jan")
        for n in range(20)
    ],
    more=True,
)


@app.post("/v1/pathways/{pathway_id}/assign-counsellor")
def empty(pathway_id: UUID, body: AssignCounsellor) -> dict[str, str]:
    """Takes the body, and says so."""
    del body
    return {"pathway_id": str(pathway_id)}


@app.post("/v1/persons/search")
def found(body: NameSought) -> PeopleFound:
    """Takes the words, and finds the same twenty each time."""
    del body
    return FOUND
