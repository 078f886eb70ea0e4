"""The counsellor's read model: caseload and timeline."""

from projections.counsellor.projection import COUNSELLOR

__all__ = ["COUNSELLOR"]
