"""Standings and searchable words of what was submitted before they were stored."""

import json

from django.db import migrations

from assessments.standing import agreed_levels_of, places_of, said_in, standing_of
from cdf_site.common.folding import fold


def fill(apps, schema_editor):
    model = {
        name: apps.get_model(app, name)
        for app, name in (
            ("assessments", "Submission"),
            ("assessments", "SubmittedOutcome"),
            ("assessments", "SubmittedText"),
            ("assessments", "Standing"),
            ("frameworks", "Outcome"),
            ("frameworks", "Criterion"),
            ("frameworks", "EnablingFactor"),
        )
    }
    places = {}
    latest = {}
    submissions = model["Submission"].objects.select_related("reflection__cycle")
    for submission in submissions.order_by("reflection", "number").iterator():
        edition = submission.reflection.cycle.edition_id
        if edition not in places:
            places[edition] = places_of(
                model["Outcome"]
                .objects.filter(module__edition=edition)
                .select_related("module"),
                model["Criterion"].objects.filter(outcome__module__edition=edition),
                model["EnablingFactor"].objects.filter(edition=edition),
            )
        content = json.loads(submission.content)
        model["SubmittedText"].objects.bulk_create(
            model["SubmittedText"](
                submission=submission,
                question=said.question,
                text=said.text,
                folded=fold(said.text),
                language=said.language,
                **places[edition][said.place],
            )
            for said in said_in(content)
            if said.text
        )
        latest[submission.reflection_id] = (submission.pk, standing_of(content))
    for reflection, (submission, standing) in latest.items():
        levels = (
            model["SubmittedOutcome"]
            .objects.filter(submission=submission)
            .order_by("outcome__module__number", "outcome__number")
            .values_list("agreed_level__level", flat=True)
        )
        model["Standing"].objects.create(
            reflection_id=reflection,
            submission_id=submission,
            own_levels=standing.own_levels,
            agreed_levels=agreed_levels_of(
                standing.own_levels, dict(enumerate(levels))
            ),
            signs=standing.signs,
            factors=standing.factors,
        )


def empty(apps, schema_editor):
    """Everything here is derived from submissions, and is derived again on the way forward."""
    for name in ("SubmittedText", "Standing"):
        apps.get_model("assessments", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_standings_and_needs")]

    operations = [migrations.RunPython(fill, empty)]
