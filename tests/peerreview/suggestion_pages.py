"""Submissions from which groups are suggested, and the pages of suggested groups at their fullest."""

import json

from assessments.models import Submission, SubmittedOutcome
from organisations.models import Population
from peerreview.models import ReviewRound
from peerreview.services import suggestions as services
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.factories.peerreview import (
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.steps import outcome_of

CODE = "every-suggestion"


def copy_of(submission, reflection, *, number=1, levels=None, answers=None):
    """As if its cluster had submitted the same, but for own ``levels`` by outcome.

    ``answers`` gives the choices and texts of the questions of an outcome: no other says anything.
    """
    outcomes = list(submission.submitted_outcomes.all())
    content = json.loads(submission.content)
    if answers is not None:
        for module in content["modules"]:
            for outcome in module["outcomes"]:
                said = answers.get((module["code"], outcome["number"]), {})
                for question, answer in outcome["questions"].items():
                    part = "choice" if question == "target_level" else "text"
                    answer |= {"choice": "", "text": "", part: said.get(question, "")}
    made = Submission.objects.get(pk=submission.pk)
    made.pk, made.reflection, made.number = None, reflection, number
    made.content = json.dumps(content)
    made.save(force_insert=True)
    for outcome in outcomes:
        outcome.pk, outcome.submission = None, made
        outcome.own_level = (levels or {}).get(outcome.outcome_id, outcome.own_level)
    SubmittedOutcome.objects.bulk_create(outcomes)
    return made


def suggestion_pages(reflection, *, national):
    """Before anything is suggested; with clusters moved and rules broken; and the confirmation."""
    if not ReviewRound.objects.filter(code=CODE).exists():
        _build(reflection, national=national)
    where = {"round": CODE}
    return [
        ("peerreview:groups_suggest", UserFactory(national_officer=True), where),
        ("peerreview:groups_suggest", national, where),
        ("peerreview:groups_use", national, where),
    ]


def _build(reflection, *, national):
    review_round = ReviewRoundFactory(
        cycle=reflection.cycle, code=CODE, created_by=national, unannounced=True
    )
    ReviewGroupFactory(round=review_round, number=1)
    outcome = outcome_of(reflection)
    shared = UserFactory()
    reviews = [
        ClusterReviewFactory(
            round=review_round,
            group=None,
            reflection=SelfReflectionFactory(
                cycle=reflection.cycle,
                cluster=ClusterFactory(
                    code=f"suggested-{number}",
                    health_board=reflection.cluster.health_board,
                    rurality=("rural", "urban", "urban", "")[number],
                ),
            ),
            meets_in=("cy", "en", "", "")[number],
        )
        for number in range(4)
    ]
    for number, review in enumerate(reviews[:3]):  # the last has submitted nothing
        copy_of(
            reflection.latest_submission,
            review.reflection,
            levels={outcome.pk: (3, 1, 1)[number]},
            answers={("LEVELS", outcome.number): {"target_level": "2"}},
        )
        UserFactory(lead_of=review.cluster)
    for review in reviews[:2]:
        shared.memberships.create(role="contributor", cluster=review.cluster)
        Population.objects.create(
            cluster=review.cluster, year=2024, people=30_000 + review.pk
        )
    draft = services.suggest_groups(
        review_round=review_round, size=3, boards="any", by=national
    )
    moved = reviews[2].cluster.code
    services.change_draft(
        draft=draft,
        base_version=draft.version,
        groups=[[code for code in draft.suggested[0] if code != moved]],
        by=national,
    )
