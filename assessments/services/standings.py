"""What is stored of a submission so that nobody has to open it to add it up."""

import json

from assessments.models import (
    NEED_QUESTIONS,
    NeedTag,
    Standing,
    SubmittedNeed,
    SubmittedOutcome,
    SubmittedText,
)
from assessments.standing import agreed_levels_of, places_of, said_in, standing_of
from assessments.subjects import SEPARATOR


def store(submission, sheet):
    """Store where ``submission``, made from ``sheet``, stands, with its needs and its words.

    It takes the place of the standing of an earlier submission. Within the transaction of
    whoever submits.
    """
    content = json.loads(submission.content)
    standing = standing_of(content)
    Standing.objects.update_or_create(
        reflection=submission.reflection,
        defaults={
            "submission": submission,
            "own_levels": standing.own_levels,
            "agreed_levels": agreed_levels_of(standing.own_levels, {}),
            "signs": standing.signs,
            "factors": standing.factors,
        },
    )
    places = places_of(
        [outcome.outcome for outcome in sheet.outcomes],
        [criterion for outcome in sheet.outcomes for criterion in outcome.criteria],
        sheet.enabling_factors,
    )
    said = list(said_in(content))
    SubmittedText.objects.bulk_create(
        SubmittedText(
            submission=submission,
            question=each.question,
            text=each.text,
            language=each.language,
            **places[each.place],
        )
        for each in said
        if each.text
    )
    tags = {tag.code: tag for tag in NeedTag.objects.all()}
    SubmittedNeed.objects.bulk_create(
        SubmittedNeed(
            submission=submission,
            question=each.question,
            tag=tags[code],
            **places[each.place],
        )
        for each in said
        if each.question in NEED_QUESTIONS
        for code in each.choice.split(SEPARATOR)
        if code in tags
    )


def note_agreed(submission):
    """Bring the agreed levels of ``submission`` into the standing that is made from it."""
    rows = (
        SubmittedOutcome.objects.filter(submission=submission)
        .order_by("outcome__module__number", "outcome__number")
        .values_list("agreed_level__level", flat=True)
    )
    for standing in Standing.objects.filter(submission=submission):
        standing.agreed_levels = agreed_levels_of(
            standing.own_levels, dict(enumerate(rows))
        )
        standing.save(update_fields=["agreed_levels"])
