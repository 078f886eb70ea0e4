"""Figures that were published, sheets of them, and what leaves as a file or to BI tools."""
