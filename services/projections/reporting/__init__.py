"""The reporting officer's read model: persons, modules, work, with each figure's definition beside it."""

from projections.reporting.projection import REPORTING

__all__ = ["REPORTING"]
