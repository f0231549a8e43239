"""The review of one cluster as pages show it: what was submitted, level by level, and who may do what."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery

from assessments.last_cycle import load_last_outcome
from assessments.models import (
    IndicatorValue,
    ReviewAccess,
    Submission,
    SubmittedOutcome,
)
from assessments.periods import Period
from frameworks.models import Criterion, Indicator
from organisations.models import CLUSTER_ROLES, LEAD_ROLES
from peerreview.models import Annotation, Assignment, ClusterReview

SHOWN_PERIODS = 4


@dataclass(frozen=True)
class Part:
    """What somebody has to do with a review, for its pages; services ask the rules themselves."""

    reads: bool = False
    facilitates: bool = False
    is_member: bool = False
    leads: bool = False
    is_running: bool = False
    phase: object = None

    @property
    def may_annotate(self):
        allowed = self.phase is not None and self.phase.reviewers_annotate
        return self.is_running and (self.facilitates or (self.reads and allowed))

    @property
    def may_reply_for_cluster(self):
        return self.is_member and self.phase is not None and self.phase.cluster_replies

    @property
    def may_reply(self):
        return self.may_annotate or self.may_reply_for_cluster

    @property
    def may_resolve(self):
        """One's own; a facilitator, everybody's."""
        return self.is_running and self.reads

    @property
    def may_offer_practice(self):
        return self.leads and self.phase is not None and self.phase.cluster_sees


def part_in(review, user):
    """One query."""
    read = ClusterReview.objects.read_by_reviewer(user).filter(pk=OuterRef("pk"))
    facilitated = ClusterReview.objects.facilitated_by(user).filter(pk=OuterRef("pk"))
    reads, facilitates = (
        ClusterReview.objects.filter(pk=review.pk)
        .values_list(Exists(read), Exists(facilitated))
        .get()
    )
    cluster = review.reflection.cluster_id
    takes_part = review.takes_part and review.round.is_announced
    return Part(
        reads=reads,
        facilitates=facilitates,
        is_member=takes_part and cluster in user.cluster_ids(*CLUSTER_ROLES),
        leads=cluster in user.cluster_ids(*LEAD_ROLES),
        is_running=review.round.is_running,
        phase=review.round.phase if review.round.is_announced else None,
    )


def taken_part_in(user):
    """Reviews in which ``user`` had a part, whatever became of that: to keep what they type.

    They were assigned to its group, wrote in it, or were let read it when it was in another group.
    """
    assigned = Assignment.objects.filter(user=user).values("group")
    written = Annotation.objects.filter(author=user).values("review")
    let_read = ReviewAccess.objects.filter(
        user=user,
        reflection=OuterRef("reflection"),
        source=OuterRef("round__code"),
    )
    return ClusterReview.objects.filter(
        Q(group__in=assigned) | Q(pk__in=written) | Exists(let_read),
        round__announced_at__isnull=False,
    ).select_related("round", "reflection__cycle", "reflection__cluster")


def phase_ends_on(review_round):
    """The last day of the phase of today; None in the last one, and before the first."""
    phase = review_round.phase
    later = [
        other.starts_on
        for other in review_round.phases.all()
        if phase and other.starts_on > phase.starts_on
    ]
    return min(later) - timedelta(days=1) if later else None


def first_phase(review_round):
    return min(
        review_round.phases.all(), key=lambda phase: phase.starts_on, default=None
    )


# The whole of it ---------------------------------------------------------------------------


@dataclass
class OutcomeLine:
    """One outcome in the list: its levels, and how much is said of it."""

    number: int
    title: dict
    own_level: int | None = None
    suggested_level: int | None = None
    agreed: object = None
    last: object = None  # a SubmittedOutcome of the cycle before
    open_count: int = 0
    resolved_count: int = 0
    private_count: int = 0

    @property
    def last_level(self):
        """Agreed where it was, else the cluster's own."""
        if self.last is None:
            return None
        agreed = getattr(self.last, "agreed_level", None)
        return agreed.level if agreed else self.last.own_level


@dataclass
class ModuleLines:
    code: str
    title: dict
    uses_levels: bool
    outcomes: list[OutcomeLine] = field(default_factory=list)


def latest_submission(review, user):
    """What the cluster submitted last, where ``user`` may read it; one query."""
    return (
        Submission.objects.visible_to(user)
        .filter(reflection=review.reflection_id)
        .order_by("-number")
        .first()
    )


def outcome_lines(review, submission, user):
    """Every outcome of ``submission``, module by module: four queries at most."""
    rows = list(
        submission.submitted_outcomes.select_related("outcome__module", "agreed_level")
    )
    by_place = {(row.outcome.module.code, row.outcome.number): row for row in rows}
    last = _last_rows(review.reflection, rows, user)
    counts = annotation_counts(review, user)
    modules = []
    for module in json.loads(submission.content)["modules"]:
        lines = ModuleLines(module["code"], module["title"], module["uses_levels"])
        modules.append(lines)
        for outcome in module["outcomes"]:
            row = by_place[module["code"], outcome["number"]]
            lines.outcomes.append(
                OutcomeLine(
                    number=outcome["number"],
                    title=outcome["title"],
                    own_level=row.own_level,
                    suggested_level=row.suggested_level,
                    agreed=getattr(row, "agreed_level", None),
                    last=last.get(row.outcome_id),
                    **counts.get(row.outcome_id, {}),
                )
            )
    return modules


def annotation_counts(review, user):
    """How many annotations ``user`` sees, by outcome's primary key, None for the whole: one query."""
    rows = (
        Annotation.objects.visible_to(user)
        .filter(review=review, parent=None, removed_at=None)
        .exclude(choice="", text="")
        .order_by()
        .values("outcome")
        .annotate(
            open_count=Count("pk", filter=Q(shared_at__isnull=False, resolved_at=None)),
            resolved_count=Count(
                "pk", filter=Q(shared_at__isnull=False, resolved_at__isnull=False)
            ),
            private_count=Count("pk", filter=Q(shared_at=None)),
        )
    )
    return {row.pop("outcome"): row for row in rows}


def _last_rows(reflection, rows, user):
    """What was submitted of each outcome in the cycle before, by the outcome of today.

    One query; a second one where the edition was another then: most of the criteria say whence an
    outcome came, else where it stands.
    """
    last = (
        Submission.objects.visible_to(user)
        .filter(
            reflection__cluster=reflection.cluster_id,
            reflection__cycle__opened_at__isnull=False,
            reflection__cycle__opens_at__lt=reflection.cycle.opens_at,
        )
        .order_by("-reflection__cycle__opens_at", "-number")
        .values("pk")[:1]
    )
    then = list(
        SubmittedOutcome.objects.filter(submission=Subquery(last)).select_related(
            "outcome__module", "agreed_level"
        )
    )
    if not then:
        return {}
    by_pk = {row.outcome_id: row for row in then}
    if then[0].outcome.module.edition_id == reflection.cycle.edition_id:
        return by_pk
    by_place = {(row.outcome.module.code, row.outcome.number): row for row in then}
    whence = defaultdict(Counter)
    for outcome, before in Criterion.objects.filter(
        outcome__module__edition=reflection.cycle.edition_id,
        predecessor__outcome__in=by_pk,
    ).values_list("outcome", "predecessor__outcome"):
        whence[outcome][before] += 1
    found = {}
    for row in rows:
        if row.outcome_id in whence:
            [(before, _count)] = whence[row.outcome_id].most_common(1)
            found[row.outcome_id] = by_pk[before]
        elif place := by_place.get((row.outcome.module.code, row.outcome.number)):
            found[row.outcome_id] = place
    return found


# One outcome -------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionRead:
    """One criterion as it was submitted: frozen words and answer, and what was said before."""

    criterion: Criterion
    level: int | None
    text: dict
    answer: dict
    evidence: list
    last: object
    is_new: bool

    @property
    def pk(self):
        return self.criterion.pk


@dataclass(frozen=True)
class OutcomeRead:
    """One outcome of a submission, to be read by a peer."""

    submission: Submission
    module: dict
    content: dict
    row: SubmittedOutcome
    criteria: list[CriterionRead]
    last_cycle: object
    previous: tuple | None  # module code, number and title of the neighbours
    following: tuple | None
    names: dict  # of the cluster, then
    is_unofficial_in: str = ""

    @property
    def outcome(self):
        return self.row.outcome

    @property
    def agreed(self):
        return getattr(self.row, "agreed_level", None)


def read_outcome(review, module_code, number, user):
    """The outcome in the latest submission, or None: four queries.

    More where the last cycle's edition lies further back than the one before today's.
    """
    latest = (
        Submission.objects.visible_to(user)
        .filter(reflection=review.reflection_id)
        .order_by("-number")
        .values("pk")[:1]
    )
    row = (
        SubmittedOutcome.objects.filter(
            submission=Subquery(latest),
            outcome__module__code=module_code,
            outcome__number=number,
        )
        .select_related("submission", "outcome__module", "agreed_level")
        .first()
    )
    if row is None:
        return None
    content = json.loads(row.submission.content)
    outcomes = [
        (module, outcome)
        for module in content["modules"]
        for outcome in module["outcomes"]
    ]
    place = next(
        place
        for place, (module, outcome) in enumerate(outcomes)
        if (module["code"], outcome["number"]) == (module_code, number)
    )
    module, outcome = outcomes[place]
    criteria = {
        (criterion.level, criterion.number): criterion
        for criterion in Criterion.objects.filter(
            outcome=row.outcome_id
        ).select_related("predecessor__outcome__module")
    }
    for frozen in outcome["criteria"]:
        criterion = criteria[frozen["level"], frozen["number"]]
        # What is compared with the last cycle's wording is the wording that was answered.
        criterion.text_cy, criterion.text_en = (
            frozen["text"]["cy"],
            frozen["text"]["en"],
        )
    last_cycle = load_last_outcome(
        review.reflection,
        SimpleNamespace(
            module=row.outcome.module,
            outcome=row.outcome,
            criteria=list(criteria.values()),
            tags=(),  # nothing is carried over from here
        ),
        user=user,
    )
    neighbours = [None, *outcomes, None][place : place + 3]
    return OutcomeRead(
        submission=row.submission,
        module=module,
        content=outcome,
        row=row,
        criteria=[
            _criterion_read(
                criteria[frozen["level"], frozen["number"]], frozen, outcome, last_cycle
            )
            for frozen in outcome["criteria"]
        ],
        last_cycle=last_cycle,
        previous=_neighbour(neighbours[0]),
        following=_neighbour(neighbours[2]),
        names=content["cluster"]["name"],
        is_unofficial_in=content["edition"]["unofficial_language"],
    )


def _neighbour(found):
    if found is None:
        return None
    module, outcome = found
    return module["code"], outcome["number"], outcome["title"]


def _criterion_read(criterion, frozen, outcome, last_cycle):
    last, is_new = None, False
    if last_cycle:
        by_criterion = {
            subject.criterion_id: answer
            for subject, answer in last_cycle.answers.items()
            if subject.criterion_id
        }
        last = by_criterion.get(criterion.pk)
        is_new = criterion.pk in {subject.criterion_id for subject in last_cycle.new}
    where = {"level": frozen["level"], "number": frozen["number"]}
    return CriterionRead(
        criterion=criterion,
        level=frozen["level"],
        text=frozen["text"],
        answer=frozen["answer"],
        evidence=[
            piece for piece in outcome.get("evidence", []) if where in piece["criteria"]
        ],
        last=last,
        is_new=is_new,
    )


# Key indicators ----------------------------------------------------------------------------


@dataclass(frozen=True)
class IndicatorRead:
    """An indicator with the cluster's newest figures, the newest first; there may be none."""

    indicator: Indicator
    values: list


def cluster_indicators(review, user, *, outcome=None):
    """The edition's indicators, or those of one outcome, with what ``user`` may read: two queries."""
    values = IndicatorValue.objects.visible_to(user).filter(
        cluster=review.reflection.cluster_id
    )
    indicators = Indicator.objects.filter(edition=review.reflection.cycle.edition_id)
    if outcome is not None:
        indicators = indicators.filter(outcomes=outcome)
    found = []
    for indicator in indicators.order_by("number").prefetch_related(
        Prefetch("values", values.order_by("-period_start"), to_attr="figures")
    ):
        newest = indicator.figures[: SHOWN_PERIODS if outcome else 1]
        for value in newest:
            value.indicator = indicator
            value.period = Period.around(value.period_start, indicator.period)
        found.append(IndicatorRead(indicator, newest))
    return found
