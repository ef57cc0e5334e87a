"""Whether services follow each area's priority industries (clauses 6.2.2, 7.1.1.3, 7.3.3, Appendix D)."""

from analytics.alignment.areas import Alignment, alignment
from analytics.alignment.mix import Mix, mix_of

__all__ = ["Alignment", "Mix", "alignment", "mix_of"]
