"""Floor 4: numbers for a chain's gradients, in any of the number kinds, and what a format loses.

`evaluate` takes derivations, which the face makes first: the rooms of this floor do not know each other.
"""

from __future__ import annotations

from symgrad.numerics.evaluate import Report, evaluate, report
from symgrad.numerics.layers import LayerRow
from symgrad.numerics.storing import store_numbers
from symgrad.numerics.vanishing import vanishing

store_numbers()

__all__ = ["LayerRow", "Report", "evaluate", "report", "vanishing"]
