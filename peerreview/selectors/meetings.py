"""What the screens of a meeting show: the agenda, one item of it, and what was agreed."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from assessments.models import Action, Question, Submission, SubmittedOutcome
from assessments.selectors import outcomes_of, submitted_outcomes
from assessments.sheet import NOT_ANSWERED
from frameworks.errata import read_over
from frameworks.models import Criterion
from organisations.models import CLUSTER_ROLES, Membership
from peerreview.agenda import Known
from peerreview.finding_subjects import (
    CONCLUSION,
    NOTES,
    FindingSubject,
    digest_of,
)
from peerreview.models import (
    Annotation,
    Assignment,
    ClusterReview,
    Finding,
    ReviewGroup,
)

QUESTION = Annotation.Kind.QUESTION


# Whose, and who ----------------------------------------------------------------------------


def latest_meeting(group):
    """The meeting that runs or, where none does, the one that was held last."""
    return group.meetings.order_by("-pk").select_related("started_by").first()


def facilitator_of(group):
    assignment = (
        Assignment.objects.running()
        .filter(group=group, role=Assignment.Role.FACILITATOR)
        .select_related("user")
        .first()
    )
    return assignment and assignment.user


def _with_round(reviews, group):
    reviews = list(
        reviews.select_related(
            "reflection__cycle__edition", "reflection__cluster__health_board"
        ).order_by("pk")
    )
    for review in reviews:
        review.group, review.round = group, group.round
    return reviews


def facilitated_reviews(group, user):
    """The reviews that ``user`` brings to the agenda, in their order."""
    return _with_round(
        ClusterReview.objects.facilitated_by(user).filter(group=group), group
    )


def followed_reviews(group, user):
    """The reviews whose turn ``user`` may follow: as a reviewer, or of the own cluster."""
    reviewed = ClusterReview.objects.read_by_reviewer(user).filter(group=group)
    follows = Q(pk__in=reviewed.values("pk"))
    if group.round.is_announced and group.round.phase.cluster_sees:
        follows |= Q(
            reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES), withdrew_at=None
        )
    return _with_round(ClusterReview.objects.filter(follows, group=group), group)


def group_once_facilitated(round_code, number, user):
    """The group of which ``user`` was ever made the facilitator, to keep what they type; else None."""
    assigned = Assignment.objects.filter(user=user, role=Assignment.Role.FACILITATOR)
    return (
        ReviewGroup.objects.filter(
            pk__in=assigned.values("group"),
            round__code=round_code,
            round__announced_at__isnull=False,
            number=number,
        )
        .select_related("round__cycle__edition", "round__health_board")
        .prefetch_related("round__phases")
        .first()
    )


def review_of(submission_pk, review_round):
    """The review in ``review_round`` of what was submitted, whoever asks; None where there is none."""
    review = (
        ClusterReview.objects.filter(
            round=review_round, reflection__submissions=submission_pk
        )
        .select_related(
            "group",
            "reflection__cycle__edition",
            "reflection__cluster__health_board",
        )
        .first()
    )
    if review:
        review.round = review_round
    return review


# The agenda --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One outcome of one cluster that could be talked about; the whole where it is of no outcome."""

    known: Known
    review: ClusterReview
    outcome: object = None
    agreed: Finding | None = None  # what the group has concluded already

    @property
    def key(self):
        return self.known.key

    @property
    def name(self):
        """In forms."""
        return f"{self.review.pk}-{self.outcome.pk if self.outcome else 0}"


def agenda_lines(group, reviews, *, user):
    """A line for each outcome of each of ``reviews``, and for the whole: eight queries at most."""
    edition = group.round.cycle.edition
    outcomes = outcomes_of(edition)
    submissions = {
        submission.reflection_id: submission
        for submission in Submission.objects.visible_to(user)
        .filter(reflection__in=[review.reflection_id for review in reviews])
        .latest_of_each()
        .defer("content")
    }
    rows = {
        (row.submission_id, row.outcome_id): row
        for row in SubmittedOutcome.objects.filter(submission__in=submissions.values())
    }
    counts = _open_counts(reviews, user)
    agreed = {
        (finding.submission_id, finding.outcome_id): finding
        for finding in Finding.objects.visible_to(user).filter(
            review__in=reviews, part=CONCLUSION
        )
        if not finding.is_empty
    }
    last = last_agreed(reviews, user=user)
    lines = []
    for review in reviews:
        submission = submissions.get(review.reflection_id)
        if submission is None:
            continue
        for outcome in [None, *outcomes]:
            outcome_id = outcome and outcome.pk
            row = rows.get((submission.pk, outcome_id))
            counted = counts[review.pk, outcome_id]
            known = Known(
                key=(review.pk, outcome_id),
                questions=counted[QUESTION],
                annotations=counted.total() - counted[QUESTION],
                uses_levels=bool(row and row.uses_levels),
                own_level=row and row.own_level,
                suggested_level=row and row.suggested_level,
                last_level=last.get((review.reflection.cluster_id, outcome_id)),
            )
            lines.append(
                Line(known, review, outcome, agreed.get((submission.pk, outcome_id)))
            )
    return lines


def open_annotations(user):
    """What was shared, seen by ``user``, and neither resolved nor taken back; never a draft."""
    return (
        Annotation.objects.visible_to(user)
        .roots()
        .open()
        .standing()
        .filter(shared_at__isnull=False)
    )


def _open_counts(reviews, user):
    """Open annotations by kind, by pairs of a review's and an outcome's number."""
    counts = defaultdict(Counter)
    for review, outcome, kind, count in (
        open_annotations(user)
        .filter(review__in=reviews)
        .order_by()
        .values_list("review", "outcome", "choice")
        .annotate(Count("pk"))
    ):
        counts[review, outcome][kind] += count
    return counts


def last_agreed(reviews, *, user):
    """The levels agreed in the cycle before, by a cluster's and an outcome's number of today.

    Of the last submission of an earlier cycle that ``user`` may read. An outcome of another edition is
    found by where most of its criteria came from, else by its place. Two queries, or three.
    """
    if not reviews:
        return {}
    cycle = reviews[0].reflection.cycle
    last = {}
    for pk, cluster in (
        _earlier(cycle, user)
        .filter(
            reflection__cluster__in=[review.reflection.cluster_id for review in reviews]
        )
        .values_list("pk", "reflection__cluster")
    ):
        last.setdefault(cluster, pk)
    rows = list(
        SubmittedOutcome.objects.filter(
            submission__in=last.values(), agreed_level__isnull=False
        )
        .select_related("agreed_level", "outcome__module", "submission__reflection")
        .defer("submission__content")
    )
    then = _lineage(cycle.edition_id, rows)
    return {
        (row.submission.reflection.cluster_id, outcome): row.agreed_level.level
        for row in rows
        for outcome in then(row.outcome)
    }


def _earlier(cycle, user):
    """What was submitted in earlier cycles, the latest first."""
    return (
        Submission.objects.visible_to(user)
        .filter(
            reflection__cycle__opened_at__isnull=False,
            reflection__cycle__opens_at__lt=cycle.opens_at,
        )
        .order_by("-reflection__cycle__opens_at", "-number")
    )


def _lineage(edition_id, rows):
    """A function from an outcome of then to the outcomes of today that it became."""
    if all(row.outcome.module.edition_id == edition_id for row in rows):
        return lambda outcome: [outcome.pk]
    came_from, places = defaultdict(Counter), defaultdict(list)
    for outcome, code, number, predecessor in Criterion.objects.filter(
        outcome__module__edition=edition_id
    ).values_list(
        "outcome", "outcome__module__code", "outcome__number", "predecessor__outcome"
    ):
        if outcome not in places[code, number]:
            places[code, number].append(outcome)
        if predecessor:
            came_from[outcome][predecessor] += 1
    became = defaultdict(list)
    for outcome, ancestors in came_from.items():
        became[ancestors.most_common(1)[0][0]].append(outcome)

    def then(outcome):
        if outcome.module.edition_id == edition_id:
            return [outcome.pk]
        at_its_place = places[outcome.module.code, outcome.number]
        return became.get(outcome.pk) or [
            pk for pk in at_its_place if pk not in came_from
        ]

    return then


# One item ----------------------------------------------------------------------------------


@dataclass
class Sheet:
    """The findings of one item, by their subjects, as the form asks for them."""

    answers: dict

    def answer(self, subject):
        return self.answers.get(subject, NOT_ANSWERED)


@dataclass
class ItemSheet(Sheet):
    """One outcome of one cluster in the room, or the whole of what it submitted."""

    review: ClusterReview
    submission: Submission
    outcome: object = None
    row: SubmittedOutcome | None = None
    frozen: dict = field(default_factory=dict)  # the outcome as it was submitted
    newest_number: int = 0

    @property
    def uses_levels(self):
        return bool(self.row and self.row.uses_levels)

    @property
    def is_newest(self):
        return self.submission.number == self.newest_number

    def subject(self, part):
        outcome_id = self.outcome.pk if self.outcome else None
        return FindingSubject(self.submission.pk, outcome_id, part)

    @property
    def conclusion(self):
        return self.answer(self.subject(CONCLUSION))

    @property
    def notes(self):
        return self.answer(self.subject(NOTES))

    @property
    def agreed_level(self):
        return int(self.conclusion.choice) if self.conclusion.choice else None

    @property
    def lacks_reason(self):
        return self.uses_levels and lacks_reason(self.row, self.conclusion)

    @property
    def counts(self):
        """Criteria met of those that apply, by level."""
        row = self.row
        return [
            (level, getattr(row, f"met_{level}"), applicable)
            for level in (1, 2, 3)
            if (applicable := getattr(row, f"applicable_{level}"))
        ]

    @property
    def own_level_answer(self):
        return self.frozen.get("questions", {}).get(Question.OWN_LEVEL.value)


def lacks_reason(row, conclusion):
    """Whether a level was agreed that differs from the cluster's own, and nothing says why."""
    return bool(
        conclusion.choice
        and int(conclusion.choice) != row.own_level
        and not conclusion.text.strip()
    )


def load_item(review, outcome_pk, *, submission_pk=None):
    """An item of the agenda: of the newest submission, unless another is named; one query.

    None where there is no such submission or outcome. The caller has asked whether it may be read.
    """
    newest = (
        Submission.objects.filter(reflection=review.reflection_id)
        .order_by("-number")
        .values("number")[:1]
    )
    this = {"pk": submission_pk} if submission_pk else {"number": Subquery(newest)}
    this["reflection"] = review.reflection_id
    if outcome_pk is None:
        submission = (
            Submission.objects.filter(**this).annotate(newest_number=newest).first()
        )
        return submission and _sheet(review, submission, submission.newest_number)
    row = (
        SubmittedOutcome.objects.filter(
            outcome=outcome_pk,
            **{f"submission__{name}": value for name, value in this.items()},
        )
        .select_related("submission", "outcome__module")
        .annotate(newest_number=newest)
        .first()
    )
    if row is None:
        return None
    read_over(review.reflection.cycle.edition, [row.outcome, row.outcome.module])
    sheet = _sheet(review, row.submission, row.newest_number)
    sheet.row, sheet.outcome = row, row.outcome
    place = (row.outcome.module.code, row.outcome.number)
    sheet.frozen = next(
        outcome | {"uses_levels": module["uses_levels"]}
        for module in json.loads(row.submission.content)["modules"]
        for outcome in module["outcomes"]
        if (module["code"], outcome["number"]) == place
    )
    return sheet


def _sheet(review, submission, newest_number):
    return ItemSheet(
        answers={},
        review=review,
        submission=submission,
        newest_number=newest_number,
    )


def load_findings(sheet, *, user):
    """Put on ``sheet`` what ``user`` sees of its findings: one query. Returns what earlier ones say."""
    earlier = []
    for finding in (
        Finding.objects.visible_to(user)
        .filter(review=sheet.review, outcome=sheet.outcome)
        .select_related("submission")
        .defer("submission__content")
    ):
        if finding.submission_id == sheet.submission.pk:
            sheet.answers[FindingSubject.of(finding)] = finding
        elif not finding.is_empty:
            earlier.append(finding)
    return earlier


def last_of_outcome(sheet, *, user):
    """The row of this outcome in the cluster's last submission of an earlier cycle: one query."""
    reflection, outcome = sheet.review.reflection, sheet.outcome
    if outcome is None or not sheet.uses_levels:
        return None
    last = _earlier(reflection.cycle, user).filter(
        reflection__cluster=reflection.cluster_id
    )
    ancestry = Criterion.objects.filter(
        outcome=outcome, predecessor__outcome=OuterRef("outcome")
    )
    rows = (
        SubmittedOutcome.objects.filter(submission=last.values("pk")[:1])
        .annotate(is_ancestor=Exists(ancestry))
        .filter(
            Q(outcome=outcome)
            | Q(is_ancestor=True)
            | Q(
                outcome__module__code=outcome.module.code,
                outcome__number=outcome.number,
            )
        )
        .select_related("agreed_level", "submission__reflection__cycle")
        .defer("submission__content")
    )
    return max(
        rows,
        key=lambda row: (row.outcome_id == outcome.pk, row.is_ancestor),
        default=None,
    )


@dataclass(frozen=True)
class Thread:
    """An annotation with the replies that one sees."""

    annotation: Annotation
    replies: list


def threads_of(sheet, *, user):
    """What is open on an item and what was replied to it, questions first: one query."""
    here = Assignment.objects.running().filter(
        group=OuterRef("review__group"), user=OuterRef("author")
    )
    member = Membership.objects.current().filter(
        cluster=OuterRef("review__reflection__cluster"),
        role__in=CLUSTER_ROLES,
        user=OuterRef("author"),
        user__is_active=True,
    )
    replies = defaultdict(list)
    roots = []
    for annotation in (
        Annotation.objects.visible_to(user)
        .standing()
        .filter(
            Q(parent=None, outcome=sheet.outcome, resolved_at=None)
            | Q(
                parent__in=open_annotations(user)
                .filter(review=sheet.review, outcome=sheet.outcome)
                .values("pk")
            ),
            review=sheet.review,
            shared_at__isnull=False,
        )
        .select_related("author", "criterion", "submission")
        .defer("submission__content")
        .annotate(is_assigned=Exists(here), is_member=Exists(member))
        .order_by("pk")
    ):
        is_the_clusters = annotation.voice == Annotation.Voice.CLUSTER
        annotation.is_former = not (
            annotation.is_member if is_the_clusters else annotation.is_assigned
        )
        if annotation.parent_id:
            replies[annotation.parent_id].append(annotation)
        else:
            roots.append(annotation)
    roots.sort(key=lambda annotation: annotation.choice != QUESTION)
    return [Thread(annotation, replies[annotation.pk]) for annotation in roots]


def origins_of(sheet, *, user, chosen=""):
    """The annotations that an action of this item may come from: the open ones, and the ``chosen``."""
    is_offered = Q(resolved_at=None)
    if chosen.isdecimal() and len(chosen) < 19:
        is_offered |= Q(pk=chosen)  # somebody may have resolved it meanwhile
    return (
        Annotation.objects.visible_to(user)
        .roots()
        .standing()
        .filter(
            is_offered,
            review=sheet.review,
            outcome=sheet.outcome,
            shared_at__isnull=False,
        )
        .order_by("pk")
    )


def actions_of(sheet, *, user):
    """The actions of the cluster that came from this review, of this item."""
    return list(
        Action.objects.visible_to(user)
        .filter(review_origin__review=sheet.review, outcome=sheet.outcome)
        .select_related("owner")
        .order_by("pk")
    )


def outcomes_by_number(edition):
    return {outcome.pk: outcome for outcome in outcomes_of(edition)}


@dataclass(frozen=True)
class Concluded:
    """An item of the agenda, and what was concluded of it."""

    review: ClusterReview
    outcome: object
    conclusion: object


def concluded(meeting, reviews, *, user):
    """The items of the agenda of those ``reviews``, in its order: two queries."""
    by_pk = {review.pk: review for review in reviews}
    outcomes = outcomes_by_number(meeting.group.round.cycle.edition)
    newest = Submission.objects.filter(
        reflection__in=[review.reflection_id for review in reviews]
    ).latest_of_each()
    findings = {
        (finding.review_id, finding.outcome_id): finding
        for finding in Finding.objects.visible_to(user).filter(
            review__in=reviews, part=CONCLUSION, submission__in=newest.values("pk")
        )
    }
    return [
        Concluded(
            by_pk[review],
            outcomes.get(outcome),
            findings.get((review, outcome), NOT_ANSWERED),
        )
        for review, outcome in meeting.agenda
        if review in by_pk
    ]


# Time --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """Seconds that have passed, of the meeting and at its item; ``minutes`` is what was planned."""

    minutes: int
    meeting: int
    item: int

    @property
    def minutes_left(self):
        return max(self.minutes - self.meeting // 60, 0)

    @property
    def item_minutes(self):
        return self.item // 60


def times_of(meeting):
    now = timezone.now()

    def since(instant):
        return max(int((now - instant) / timedelta(seconds=1)), 0)

    return Times(meeting.minutes, since(meeting.started_at), since(meeting.moved_at))


# The agreement -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """One outcome as the agreement would record it."""

    row: SubmittedOutcome
    conclusion: object
    notes: object = NOT_ANSWERED

    @property
    def outcome(self):
        return self.row.outcome

    @property
    def agreed_level(self):
        return int(self.conclusion.choice) if self.conclusion.choice else None

    @property
    def lacks_reason(self):
        return lacks_reason(self.row, self.conclusion)


@dataclass(frozen=True)
class AgreementSheet:
    """Everything that recording the agreement would record and share."""

    submission: Submission
    levels: list[Agreement]
    others: list[Agreement]  # of modules without levels, of which something was found
    whole: object
    whole_notes: object
    actions: list[Action]
    notes_count: int
    seen: str  # to be sent with the page

    @property
    def lacking(self):
        return [each for each in self.levels if each.lacks_reason]

    @property
    def without_level(self):
        return [each for each in self.levels if each.agreed_level is None]


def load_agreement(review, submission, *, user):
    """What there is to record of ``submission``: four queries."""
    findings = {
        FindingSubject.of(finding): finding
        for finding in Finding.objects.visible_to(user).filter(
            review=review, submission=submission
        )
        if not finding.is_empty
    }
    rows = submitted_outcomes(submission, review.reflection.cycle.edition)

    def found(outcome_id, part):
        subject = FindingSubject(submission.pk, outcome_id, part)
        return findings.get(subject, NOT_ANSWERED)

    agreements = [
        Agreement(row, found(row.outcome_id, CONCLUSION), found(row.outcome_id, NOTES))
        for row in rows
    ]
    actions = list(
        Action.objects.visible_to(user)
        .filter(review_origin__review=review)
        .select_related("owner", "outcome__module")
        .order_by("outcome__module__number", "outcome__number", "pk")
    )
    for action in actions:
        if action.outcome:
            edition = review.reflection.cycle.edition
            read_over(edition, [action.outcome, action.outcome.module])
    return AgreementSheet(
        submission=submission,
        levels=[each for each in agreements if each.row.uses_levels],
        others=[
            each
            for each in agreements
            if not each.row.uses_levels and (each.conclusion.text or each.notes.text)
        ],
        whole=found(None, CONCLUSION),
        whole_notes=found(None, NOTES),
        actions=actions,
        notes_count=sum(subject.part == NOTES for subject in findings),
        seen=digest_of(findings.values()),
    )
