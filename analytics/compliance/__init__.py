"""How far each clause of the standard is met: by the ledgers where they can tell, else as declared."""

from analytics.compliance.statuses import Cell, clause_table
from analytics.compliance.verdict import STATUSES, Status, Verdict

__all__ = ["STATUSES", "Cell", "Status", "Verdict", "clause_table"]
