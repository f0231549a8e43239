"""What there is in a scope that an exhibit could be of, without counting any of it."""

from dataclasses import dataclass

from django.db.models import Exists

from assessments.models import Standing
from assessments.models.standings import has_agreed_levels
from frameworks.models import Criterion, Edition, EnablingFactor, Outcome
from reporting.needs import submitted_needs


@dataclass(frozen=True)
class Holdings:
    """What the edition asks for, and whether anything was agreed, or needed for an outcome."""

    sign_criteria: bool
    factors: bool
    goals_without_levels: bool
    agreed: bool
    needs_of_outcomes: bool


def load_holdings(page):
    """What there is on ``page``: one query."""
    edition = page.cycle.edition_id
    agreed = Standing.objects.filter(
        page.scope.of_clusters("reflection__cluster__"),
        has_agreed_levels(),
        reflection__cycle=page.cycle,
    )
    questions = {
        "sign_criteria": Criterion.objects.filter(
            outcome__module__edition=edition, outcome__module__uses_levels=False
        ),
        "factors": EnablingFactor.objects.filter(edition=edition),
        "goals_without_levels": Outcome.objects.filter(
            module__edition=edition,
            module__uses_levels=False,
            wellbeing_goals__edition=edition,
        ),
        "agreed": agreed,
        "needs_of_outcomes": submitted_needs(page).filter(outcome__isnull=False),
    }
    held = Edition.objects.annotate(
        **{name: Exists(rows) for name, rows in questions.items()}
    ).values(*questions)
    return Holdings(**held.get(pk=edition))
