"""A new fact touches at most five files by hand; where one is named in more, it is said here which, and why.

Looked at is what somebody writes under services/ and schemas/: modules that name the fact's class or its
type (`appointment-held`), and examples. Not counted is where no fact has to be entered: what is generated
(JSON Schemas, releases, the marked parts of the topic page), the register that readers keep
(`consumers.toml`), what mentions a fact in a sentence, and `services/pathway/simulation`, which leads invented
lives. The command that leads to a fact is no fact: the example of its body stands in `api_examples.py`.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pathway.domain.catalogue import FACTS

ROOT = Path(__file__).parents[2]
FIVE = {
    "its room": "services/pathway/domain/",
    "what others may know of it": "services/pathway/telling/",
    "its published form": "schemas/events/",
    "an example of that": "schemas/examples/",
    "its place in the rows: the sentence on the timeline": "services/projections/counsellor/",
}
SENTENCES = ("sentences.py", "guidance_sentences.py")
# One file more for each of these that the fact has to do with; none of them has to name a fact.
ALSO = {
    "services/pathway/domain/moves.py": "it moves a status: the tables of 7.2",
    "services/pathway/domain/lots.py": "it says who guides for which lot",
    "services/projections/modules.py": "it changes the rows of a module, in both read models",
    "services/projections/then.py": "a list as of a day has to know of it",
    "services/projections/status_by_day.py": "it moves the status that reports count by day",
    "services/projections/guiding.py": "it says which organisation guides",
    "services/projections/obligations.py": "it says whether an employer has to hire, in both read models",
    "services/projections/jobs.py": "it begins or ends a job, in both read models",
    "services/projections/amending.py": "it changes what other facts say",
    "services/projections/counsellor/projection.py": "it changes the row of the caseload",
    "services/projections/counsellor/after_modules.py": "it changes marks of the caseload",
    "services/projections/counsellor/duties.py": "it changes marks of the caseload",
    "services/projections/counsellor/soft_maximum.py": "it changes how long a module may last",
    "services/projections/counsellor/contact.py": "it is, or is not, contact with the person",
    "services/projections/counsellor/pathway_pages.py": "it cannot be put right by correcting it",
    "services/projections/counsellor/course.py": "it begins or ends a bar over time",
    "services/projections/reporting/situation.py": "it changes who had to do with a pathway by day",
    "services/projections/reporting/projection.py": "it changes a row that reports count",
    "services/projections/reporting/exceptional.py": "it can be an exception, which a report counts",
}
# What else decides by this very fact: another one, a command, an import, an example of an answer.
BESIDES = {
    "CounsellorAssigned": {"services/pathway/api_answer_examples.py"},
    "CounsellorTransferred": {"services/pathway/bulk.py"},
    "DataCorrected": {
        "services/pathway/register/left.py",
        "schemas/__init__.py",
        "schemas/earlier.py",
    },
    "PathwayReopened": {"services/pathway/application.py"},
    "PathwayAnnulled": {
        "services/pathway/domain/refusals.py",
        "services/projections/counsellor/refused_words.py",
    },
    "PathwayClosed": {
        "services/pathway/domain/refusals.py",
        "services/projections/counsellor/refused_words.py",
    },
    "ModuleNotStarted": {"services/projections/counsellor/filling.py"},
    "ModuleInterrupted": {"services/pathway/domain/suspension.py"},
    "StageStarted": {"services/pathway/register/modules/known.py"},
    "WorkExperienceModuleStarted": {"services/pathway/register/wep_plus/matching.py"},
    "InsertionModuleStarted": {"services/pathway/register/wep_plus/matching.py"},
    "ParticipantCharacteristicsRecorded": {
        "services/pathway/domain/carrying.py",
        "services/pathway/register/wep_plus/changed.py",
        "services/pathway/register/wep_plus/matching.py",
    },
    "EmploymentChecked": {"services/pathway/domain/carrying.py"},
    "ModuleStopped": {
        "services/pathway/domain/work.py",
        "services/pathway/register/modules/known.py",
        "services/pathway/register/wep_plus/changed.py",
        "services/pathway/register/wep_plus/matching.py",
    },
    "IboStarted": {
        "services/pathway/api_answer_examples.py",
        "services/pathway/api_models.py",
        "services/pathway/register/modules/importing.py",
        "services/pathway/register/modules/known.py",
        "services/projections/counsellor/examples.py",
    },
    "Enrolled": {
        "services/pathway/offering.py",
        "services/projections/counsellor/alerts.py",
        "services/pathway/domain/corrections.py",
        "services/pathway/domain/carrying.py",
        "services/pathway/register/wep_plus/changed.py",
        "services/pathway/register/wep_plus/matching.py",
        "services/pathway/register/wep_plus/report.py",
    },
    "WepPlusMigrated": {
        "services/pathway/domain/carrying.py",
        "services/pathway/register/wep_plus/changed.py",
        "services/pathway/register/wep_plus/matching.py",
        "services/pathway/what_if.py",
    },
}
NAMES = [fact.__name__ for fact in FACTS]


@cache
def named_in(fact: str) -> list[str]:
    """The files that name this fact."""
    kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", fact).lower()
    modules = [file for file, names in _modules().items() if {fact, kebab} & names]
    return [*modules, *_examples(kebab)]


def _examples(kebab: str) -> list[str]:
    found = (ROOT / "schemas" / "examples").glob(f"{kebab}.v*.json")
    return [str(file.relative_to(ROOT)) for file in found]


@cache
def _modules() -> dict[str, set[str]]:
    files = [file for room in ("services", "schemas") for file in (ROOT / room).rglob("*.py")]
    return {
        str(file.relative_to(ROOT)): set(_words(ast.parse(file.read_text())))
        for file in files
        if "simulation" not in file.parts
    }


def _words(tree: ast.Module) -> Iterator[str]:
    """Every name and every text of a module, but not what a sentence mentions."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word):
                yield word
            case ast.ClassDef(name=word) | ast.Constant(value=str(word)):
                yield word
            case _:
                pass


def is_one_of_the_five(file: str, fact: str) -> bool:
    if file in ALSO or file in BESIDES.get(fact, ()):
        return False
    if file.startswith(FIVE["its place in the rows: the sentence on the timeline"]):
        return file.endswith(SENTENCES)
    return any(file.startswith(place) for place in FIVE.values())


@pytest.mark.parametrize("fact", NAMES)
def test_a_fact_is_written_into_five_files_one_of_each_kind(fact: str) -> None:
    files = [file for file in named_in(fact) if is_one_of_the_five(file, fact)]

    kinds = Counter(next(k for k, v in FIVE.items() if file.startswith(v)) for file in files)
    assert kinds == dict.fromkeys(FIVE, 1), files


@pytest.mark.parametrize("fact", NAMES)
def test_a_fact_is_named_in_more_files_only_for_a_reason_that_is_told(fact: str) -> None:
    more = {file for file in named_in(fact) if not is_one_of_the_five(file, fact)}

    assert more - ALSO.keys() == BESIDES.get(fact, set())


def test_facts_that_only_tell_something_are_named_in_five_files_and_no_more() -> None:
    five = {fact for fact in NAMES if len(named_in(fact)) == len(FIVE)}

    assert {"AppointmentHeld", "PersonIdentifierReplaced"} <= five


def test_no_file_is_a_list_in_which_every_fact_has_to_be_entered() -> None:
    times = Counter(file for fact in NAMES for file in named_in(fact))

    lists = {file for file, many in times.items() if many > len(NAMES) / 2}
    assert lists <= {"services/projections/counsellor/sentences.py"}
