"""A WEP+ promotor's register: read, judged row by row, and handed on person by person."""

from pathway.register.reading import PersonRows, Register, UnreadableRegister, open_register
from pathway.register.report import Report
from pathway.register.rules import DuplicateRow, RefusedRow, RegisterRow, Rule

__all__ = [
    "DuplicateRow",
    "PersonRows",
    "RefusedRow",
    "Register",
    "RegisterRow",
    "Report",
    "Rule",
    "UnreadableRegister",
    "open_register",
]
