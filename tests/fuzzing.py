"""What tests that send made-up requests have in common."""

import copy
from typing import Any

NAMES = (
    *("show", "state", "sort", "descending", "limit", "cursor", "after", "counsellor", "unit"),
    *("unassigned", "guided_by", "person_ref", "status", "running_kind", "organisation"),
    *("planned_end_from", "enrolled_until", "closed", "lang", "from", "until", "as_of", "by"),
    *("kind", "measure", "province", "pathway_id", "hours", "why", "wrong", "opened", "about"),
    *("caller", "there", "return_to", "code", "error", "pathway", "motive", "reason", "csrf_token"),
)
"""What pages and sign-in read of an address or a form."""
ODD = (
    *("", " ", "\x00", "\ud7ff", "%", "-1", "0", "99999999999999999999", "1e400", "NaN", "true"),
    *("unit", "unassigned", "NOBODY", "NOT_ALLOWED", "<script>", "[]", "~" * 500),
    *("0001-01-01", "9999-12-31", "1900-01-01", "2199-12-31", "2015-02-30"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2015-10-01T00:00:00+23:59"),
    *("W10", "WyJhIiwiYiIsImMiXQ", "//evil.example", "/caseload", "[" * 500),
)


def signed_in(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document without its security: every request is signed in by the test itself.

    A missing token is then no way to make a request wrong, as it would not reach the app. It is a
    copy: what is planted in its examples is not what the app tells of itself.
    """
    document = copy.deepcopy(document)
    for operation in (one for path in document["paths"].values() for one in path.values()):
        operation.pop("security", None)
    return document


def is_sent_whole(case: Any) -> bool:
    """Whether each made-up parameter is sent: an empty list in an address is nothing, nor an empty header."""
    headers = (case.headers or {}).values()
    return all(value not in ([], {}, None) for value in (case.query or {}).values()) and all(
        headers
    )
