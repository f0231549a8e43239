"""Suggested groups for peer review: pure, no database; solving.py alone needs the solver.

``from peerreview.grouping.solving import suggest`` suggests; the rest, which a page needs while
people move clusters by hand, is here and costs nothing to import.
"""

from peerreview.grouping.candidates import Candidate, Proposal, Settings
from peerreview.grouping.scoring import Evaluation, Violation, evaluate, score

__all__ = [
    "Candidate",
    "Evaluation",
    "Proposal",
    "Settings",
    "Violation",
    "evaluate",
    "score",
]
