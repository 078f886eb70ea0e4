"""What reports group by, as SQL expressions, and the schema of the rows as they are now."""

from collections.abc import Mapping
from typing import LiteralString

from psycopg import sql

from projections.reporting.reports import GroupBy

LIVE = sql.Identifier("reporting")
"""The schema of the rows as they are now; `rows_at` has those of another point."""

Groups = Mapping[GroupBy, LiteralString]

OF_SITUATION: Groups = {
    GroupBy.UNIT: "s.unit",
    GroupBy.PROVIDER: "coalesce(s.provider, 'VDAB_OF_PROMOTOR')",
    GroupBy.LOT: "coalesce(s.lot, 'ZONDER_PERCEEL')",
    GroupBy.SCHEME: "coalesce(s.scheme, 'ZONDER_REGELING')",
    GroupBy.COMMUNE: "s.commune",
    GroupBy.CATEGORY: "s.category",
    GroupBy.AGE_GROUP: "s.age_group",
    GroupBy.GENDER: "s.gender",
    GroupBy.EDUCATION: "s.education",
    GroupBy.UNEMPLOYMENT: """
        case when s.unemployed_since is null then null
             when s.unemployed_since + interval '12 months' > day then '<12M'
             when s.unemployed_since + interval '24 months' > day then '12-23M'
             else '24M+'
        end
    """,
}
"""How the pathway `s` stood on the fact's own `day`: who guided, and the person's characteristics."""

OF_CLOSING: Groups = {
    **OF_SITUATION,
    GroupBy.REASON: "c.exit_type",
    GroupBy.PROVINCE: "reporting.province_at(c.commune, c.closed_on)",
    GroupBy.MONTH: "to_char(c.closed_on, 'YYYY-MM')",
    GroupBy.QUARTER: """to_char(c.closed_on, 'YYYY-"Q"Q')""",
    GroupBy.YEAR: "to_char(c.closed_on, 'YYYY')",
}
"""A closing `c`, and how its pathway stood on that day."""

OF_MODULE: Groups = {
    **OF_SITUATION,
    GroupBy.KIND: "h.kind",
    GroupBy.FORM: "coalesce(h.form, h.kind)",
    GroupBy.MEASURE: "h.measure",
    GroupBy.ORGANISATION: "h.organisation",
    GroupBy.PROVINCE: "reporting.province_at(h.commune, day)",
    GroupBy.MONTH: "to_char(day, 'YYYY-MM')",
    GroupBy.QUARTER: """to_char(day, 'YYYY-"Q"Q')""",
    GroupBy.YEAR: "to_char(day, 'YYYY')",
}
"""A module `h` with the `commune` of the `day` on which something happened to it."""
