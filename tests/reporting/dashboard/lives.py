"""Submissions as rows, quickly made, and what is in them, slowly read."""

import json

from django.utils import timezone

from assessments import snapshot
from assessments.models import (
    AgreedLevel,
    SelfReflection,
    Standing,
    Submission,
    SubmittedOutcome,
)
from assessments.services.standings import note_agreed
from assessments.standing import standing_of
from frameworks.models import EnablingFactor, Outcome


def outcomes_of(edition):
    return list(
        Outcome.objects.filter(module__edition=edition)
        .select_related("module")
        .prefetch_related("criteria")
        .order_by("module__number", "number")
    )


def freeze(reflection, *, by, own=None, signs=None, agreed=None):
    """Submit levels and signs, by outcome and criterion, and agree on levels, by outcome.

    As the services leave it; they have tests of their own.
    """
    own, signs, agreed = own or {}, signs or {}, agreed or {}
    outcomes = outcomes_of(reflection.cycle.edition)
    modules = {}
    for outcome in outcomes:
        modules.setdefault(outcome.module, []).append(
            {
                "number": outcome.number,
                "own_level": own.get(outcome.pk),
                "criteria": [
                    {"answer": {"choice": signs.get(criterion.pk, "")}}
                    for criterion in outcome.criteria.all()
                ],
            }
        )
    content = {
        "modules": [
            {"code": module.code, "uses_levels": module.uses_levels, "outcomes": of}
            for module, of in modules.items()
        ],
        "enabling_factors": [
            {"number": factor.number, "answer": {"choice": ""}}
            for factor in EnablingFactor.objects.filter(
                edition=reflection.cycle.edition
            )
        ],
    }
    text = snapshot.canonical(content)
    submission = Submission.objects.create(
        reflection=reflection,
        number=1,
        content=text,
        content_hash=snapshot.digest(text),
        submitted_at=timezone.now(),
        submitted_by=by,
    )
    standing = standing_of(content)
    Standing.objects.create(
        reflection=reflection,
        submission=submission,
        own_levels=standing.own_levels,
        agreed_levels=standing.own_levels,
        signs=standing.signs,
        factors=standing.factors,
    )
    rows = SubmittedOutcome.objects.bulk_create(
        SubmittedOutcome(
            submission=submission,
            outcome=outcome,
            uses_levels=outcome.module.uses_levels,
            own_level=own.get(outcome.pk),
            is_provisional=False,
            answered=0,
            total=0,
        )
        for outcome in outcomes
    )
    AgreedLevel.objects.bulk_create(
        AgreedLevel(submitted_outcome=row, level=agreed[row.outcome_id], agreed_by=by)
        for row in rows
        if row.outcome_id in agreed
    )
    note_agreed(submission)
    SelfReflection.objects.filter(pk=reflection.pk).update(
        state=SelfReflection.State.SUBMITTED
    )


# Slowly -------------------------------------------------------------------------------


def content_of(reflection):
    """What was submitted, or None."""
    submission = reflection.submissions.order_by("number").last()
    return submission and json.loads(submission.content)


def own_levels_of(reflection):
    """By outcome; None where nothing was submitted."""
    content = content_of(reflection)
    if content is None:
        return None
    found = {}
    for outcome in outcomes_of(reflection.cycle.edition):
        for module in content["modules"]:
            if module["code"] == outcome.module.code:
                for each in module["outcomes"]:
                    if each["number"] == outcome.number:
                        found[outcome.pk] = each["own_level"]
    return found


def agreed_levels_of(reflection):
    """By outcome; None where none was agreed of any."""
    rows = AgreedLevel.objects.filter(
        submitted_outcome__submission__reflection=reflection
    ).select_related("submitted_outcome")
    return {row.submitted_outcome.outcome_id: row.level for row in rows} or None


def signs_of(reflection):
    """By criterion; None where nothing was submitted."""
    content = content_of(reflection)
    if content is None:
        return None
    found = {}
    for outcome in outcomes_of(reflection.cycle.edition):
        for module in content["modules"]:
            if module["code"] == outcome.module.code and not module["uses_levels"]:
                for each in module["outcomes"]:
                    if each["number"] == outcome.number:
                        for criterion, said in zip(
                            outcome.criteria.all(), each["criteria"], strict=True
                        ):
                            found[criterion.pk] = said["answer"]["choice"]
    return found
