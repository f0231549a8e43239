"""Suggested groups for peer review: pure, no database; solving.py alone needs the solver.

``from peerreview.grouping.solving import suggest`` suggests; the rest, which a page needs while
people move clusters by hand, is here and costs nothing to import.
"""

from peerreview.grouping.candidates import Candidate, Proposal, Settings
from peerreview.grouping.reasons import Reason, reasons
from peerreview.grouping.scoring import (
    Effect,
    Evaluation,
    Violation,
    effect,
    evaluate,
    parts,
    score,
)

__all__ = [
    "Candidate",
    "Effect",
    "Evaluation",
    "Proposal",
    "Reason",
    "Settings",
    "Violation",
    "effect",
    "evaluate",
    "parts",
    "reasons",
    "score",
]
