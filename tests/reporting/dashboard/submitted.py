"""A cluster that has submitted, with something of every kind that files and programs read."""

import datetime

from assessments.models import Action, IndicatorValue, NeedTag, SubmittedNeed
from tests.factories import IndicatorFactory
from tests.steps import answer_all, entry, outcome_of, save, submit, words_of

WORDS, OF_AN_ACTION = "canarysubmitted", "canaryaction"


def submit_everything(reflection, *, by):
    """Words, a need, an action and a figure beside the answers: one of each."""
    answer_all(reflection, by=by)
    save(reflection, entry(words_of(reflection), WORDS), by=by)
    submit(reflection, by=by)
    add_rows(reflection, by=by)


def add_rows(reflection, *, by):
    """What stands in rows of its own: a need, an action, a figure."""
    outcome = outcome_of(reflection)
    tag, _made = NeedTag.objects.get_or_create(
        code="time", kind="barrier", name_cy="Amser", name_en="Time"
    )
    SubmittedNeed.objects.create(
        submission=reflection.submissions.latest("number"),
        outcome=outcome,
        question="in_the_way",
        tag=tag,
    )
    Action.objects.create(
        reflection=reflection,
        outcome=outcome,
        text=OF_AN_ACTION,
        language="en",
        added_by=by,
    )
    edition = reflection.cycle.edition
    IndicatorValue.objects.create(
        indicator=edition.indicators.first()
        or IndicatorFactory(edition=edition, code="visits"),
        cluster=reflection.cluster,
        period_start=datetime.date(2030, 4, 1),
        numerator=5,
        denominator=2000,
        entered_by=by,
    )
