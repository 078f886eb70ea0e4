"""The contract of an IBO: three parties sign before the start."""

import pytest
from pathway.domain import refusals
from pathway.domain.consistency import consistent
from pathway.domain.corrections import AnnulModule
from pathway.domain.ibo import CONTRACT_NOT_SIGNED
from pathway.domain.ibo_contract import IboContractSigned, SignIboContract
from pathway.domain.work_codes import ContractParty

from tests.pathway.domain.kit import day, enrolled, given, ibo_started, module_id, stage_started

STARTED = ibo_started(1, "2015-01-12", "2015-06-30")
PATHWAY = given(enrolled(), STARTED)


def sign(on: str = "2015-01-08", party: str = "CURSIST", number: int = 1) -> SignIboContract:
    return SignIboContract(
        on=day(on), module_id=module_id(number), party=ContractParty(party), plan_ref="PLAN-1"
    )


def signed(on: str = "2015-01-08", party: str = "CURSIST", number: int = 1) -> IboContractSigned:
    return IboContractSigned.model_validate(sign(on, party, number).told())


def test_a_party_signs_before_the_start() -> None:
    assert PATHWAY.when(sign()) == [signed()]

    told = given(*PATHWAY.facts, signed())
    assert told.pathway.signed_by(module_id(1), day("2015-01-08")) == {ContractParty.CURSIST}
    consistent(told.told)


def test_the_same_signature_told_twice_changes_nothing() -> None:
    assert given(*PATHWAY.facts, signed()).when(sign()) == []


def test_a_party_signs_once() -> None:
    with pytest.raises(refusals.AlreadySigned, match="CURSIST signed on 2015-01-08") as refused:
        given(*PATHWAY.facts, signed()).when(sign("2015-01-09"))

    assert refused.value.field == "party"


def test_only_an_ibo_of_the_pathway_has_a_contract() -> None:
    with pytest.raises(refusals.UnknownModule):
        PATHWAY.when(sign(number=2))
    with pytest.raises(refusals.WrongModuleKind):
        given(enrolled(), stage_started(1, "2015-01-12", "2015-01-30")).when(sign())


@pytest.mark.parametrize(
    ("signatures", "warned"),
    [
        ([], True),
        ([signed(), signed(party="VDAB")], True),
        ([signed(party=party) for party in ContractParty], False),
        ([signed(), signed(party="VDAB"), signed("2015-01-12", "WERKGEVER")], False),
        ([signed(), signed(party="VDAB"), signed("2015-01-13", "WERKGEVER")], True),
        ([signed(party=party, number=2) for party in ContractParty], True),
    ],
    ids=["none", "two", "three", "on the day itself", "one of them late", "of another IBO"],
)
def test_an_ibo_that_starts_without_three_signatures_warns(
    signatures: list[IboContractSigned], *, warned: bool
) -> None:
    pathway = given(enrolled(), *signatures).pathway

    assert (CONTRACT_NOT_SIGNED in STARTED.warnings(pathway)) == warned


@pytest.mark.parametrize(("on", "warned"), [("2015-01-12", False), ("2015-01-13", True)])
def test_a_signature_after_the_start_warns(on: str, *, warned: bool) -> None:
    assert signed(on).warnings(PATHWAY.pathway) == (("signed-after-start",) if warned else ())


def test_signatures_go_with_an_annulled_module() -> None:
    annul = AnnulModule.model_validate(
        {"on": day("2015-02-02"), "module_id": module_id(1), "reason": "TEST"}
    )
    told = given(*PATHWAY.facts, signed())

    assert given(*told.facts, *told.when(annul)).pathway.signatures == ()
