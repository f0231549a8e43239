"""How far each cluster of the demonstration has come, in this cycle and the one before."""

from collections import Counter
from enum import StrEnum


class Stage(StrEnum):
    """What has happened to a self-reflection so far."""

    NOT_STARTED = "not started"
    DRAFT = "draft"
    WITHDRAWN = "submitted and withdrawn"
    RETURNED = "submitted and returned"
    SUBMITTED = "submitted"
    SUBMITTED_AGAIN = "returned, changed and submitted again"
    IN_REVIEW = "in review"
    AGREED = "agreed"


# How many clusters of each stage there are; other numbers of clusters keep the proportions.
THIS_CYCLE = {
    Stage.SUBMITTED: 17,
    Stage.DRAFT: 14,
    Stage.IN_REVIEW: 10,
    Stage.AGREED: 8,
    Stage.NOT_STARTED: 8,
    Stage.RETURNED: 1,
    Stage.WITHDRAWN: 1,
    Stage.SUBMITTED_AGAIN: 1,
}
CYCLE_BEFORE = {
    Stage.AGREED: 44,
    Stage.SUBMITTED: 7,
    Stage.DRAFT: 5,
    Stage.NOT_STARTED: 4,
}
# Clusters whose accounts are listed, so that their people find what is said of them.
THIS_CYCLE_FIXED = {
    "afan": Stage.DRAFT,
    "neath": Stage.NOT_STARTED,
    "arfon": Stage.RETURNED,
    "newport-east": Stage.WITHDRAWN,
    "llanelli": Stage.SUBMITTED_AGAIN,
    "rhondda": Stage.IN_REVIEW,
    "cardiff-west": Stage.AGREED,
    "city-health": Stage.SUBMITTED,
    "penderi": Stage.SUBMITTED,
}
CYCLE_BEFORE_FIXED = {
    "afan": Stage.AGREED,
    "neath": Stage.AGREED,
    "arfon": Stage.AGREED,
}
# How much of a draft is answered, one draft after the other.
DRAFT_PROGRESS = (0.85, 0.1, 0.6, 1.0, 0.3, 0.75, 0.02, 0.45, 0.95, 0.2, 0.7, 0.35)
DRAFT_PROGRESS_FIXED = {"afan": 0.5}


def stages(codes, shares, fixed):
    """A stage for each of ``codes``: the fixed ones, and the others so that neighbours differ.

    Each gets the stage that is furthest behind its share, so that even the few clusters of a
    small board stand at different stages.
    """
    shares = Counter(shares)
    shares.subtract(stage for code, stage in fixed.items() if code in codes)
    total = sum(shares.values())
    given = Counter()
    plan = {}
    for code in codes:
        if code not in fixed:
            position = sum(given.values()) + 1
            stage = max(
                shares,
                key=lambda stage: shares[stage] * position / total - given[stage],
            )
            given[stage] += 1
        plan[code] = fixed.get(code) or stage
    return plan


def draft_progress(plan):
    """How much of each draft in ``plan`` is answered, as a part of one."""
    drafts = [code for code, stage in plan.items() if stage == Stage.DRAFT]
    return {
        code: DRAFT_PROGRESS_FIXED.get(
            code, DRAFT_PROGRESS[position % len(DRAFT_PROGRESS)]
        )
        for position, code in enumerate(drafts)
    }
