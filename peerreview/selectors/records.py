"""The record of a review: what was shared in it, as one reader may see it. Nothing here writes.

The page and the PDF are made from the same ``Record``.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import get_language

from assessments.models import Action, Submission, SubmittedOutcome
from cdf_site.common.welsh import english_key, welsh_key
from organisations.models import FormerName, User
from peerreview.models import (
    Annotation,
    Assignment,
    ClusterReview,
    Finding,
    GoodPractice,
    Meeting,
    Response,
)
from peerreview.selectors.present import Present
from peerreview.selectors.replies import WANTING, Target, comments_of
from peerreview.selectors.wording import read_outcomes_over

Kind = Annotation.Kind


@dataclass(frozen=True)
class Participant:
    """Somebody who reviewed or facilitated; ``is_former`` where they no longer do."""

    user: User
    role: str
    is_former: bool

    @property
    def role_label(self):
        return Assignment.Role(self.role).label


@dataclass(frozen=True)
class Remark:
    """One annotation, and the cluster's reply to it where there is one."""

    annotation: Annotation
    is_former: bool
    reply: Response | None
    about_earlier: bool  # about a submission before the latest
    comments: list = field(default_factory=list)  # what was shared in its thread
    is_in_library: bool = False  # good practice that the cluster shares there


@dataclass(frozen=True)
class KindCount:
    """How many annotations of one kind there are, and how many are still open."""

    kind: str
    open: int
    resolved: int

    @property
    def label(self):
        return Kind(self.kind).label

    @property
    def total(self):
        return self.open + self.resolved


@dataclass
class OutcomeRecord:
    """Both levels of one outcome, and what the group found of it."""

    outcome: object
    uses_levels: bool
    own_level: int | None = None
    agreed: object = None  # AgreedLevel
    conclusion: Finding | None = None
    notes: Finding | None = None
    replies: list = field(default_factory=list)

    @property
    def says_why(self):
        """The finding's sentence, where the agreed level does not say the same."""
        return self.conclusion and (
            not self.agreed or self.conclusion.text != self.agreed.reason
        )


@dataclass
class Record:
    """What was shared in the review of one cluster."""

    review: ClusterReview
    submission: Submission | None
    people: list[Participant] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    outcomes: list[OutcomeRecord] = field(default_factory=list)
    whole: OutcomeRecord | None = None
    remarks: list[Remark] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    @property
    def levelled(self):
        return [row for row in self.outcomes if row.uses_levels]

    @property
    def found(self):
        """Outcomes of which there is something to read beside the levels; the whole first."""
        rows = [self.whole, *self.outcomes] if self.whole else self.outcomes
        return [
            row
            for row in rows
            if row.replies
            or (row.agreed and row.agreed.reason)
            or (row.conclusion and row.conclusion.text)
            or (row.notes and row.notes.text)
        ]

    @property
    def counts(self):
        """Every kind, with those that are open and those that were resolved."""
        found = Counter(
            (remark.annotation.choice, remark.annotation.is_resolved)
            for remark in self.remarks
        )
        return [KindCount(kind, found[kind, False], found[kind, True]) for kind in Kind]

    @property
    def open(self):
        """What was asked for and is not settled."""
        return [
            remark
            for remark in self.remarks
            if remark.annotation.choice in WANTING and not remark.annotation.is_resolved
        ]

    @property
    def settled(self):
        """What was asked for and was settled."""
        return [
            remark
            for remark in self.remarks
            if remark.annotation.choice in WANTING and remark.annotation.is_resolved
        ]

    @property
    def good_practice(self):
        return self._of(Kind.GOOD_PRACTICE)

    @property
    def support(self):
        return self._of(Kind.SUPPORT)

    def _of(self, kind):
        return [remark for remark in self.remarks if remark.annotation.choice == kind]

    @property
    def stances(self):
        """Each stance with how often the cluster took it."""
        replies = [remark.reply for remark in self.remarks if remark.reply]
        replies += [reply for row in self.outcomes for reply in row.replies]
        replies += self.whole.replies if self.whole else []
        found = Counter(reply.choice for reply in replies)
        return [(label, found[value]) for value, label in Response.Stance.choices]

    @property
    def reply_count(self):
        return sum(number for _label, number in self.stances)


def load_records(reviews, *, reader):
    """A ``Record`` of each of ``reviews``: ten queries, however many they are.

    Only what was shared is on it, whoever reads; and of that, what the reader may see.
    """
    reviews = list(reviews)
    shared = {"review__in": reviews, "shared_at__isnull": False}
    former = FormerName.objects.at(
        OuterRef("submitted_at"), cluster=OuterRef("reflection__cluster")
    )
    submissions = {
        submission.reflection_id: submission
        for submission in Submission.objects.visible_to(reader)
        .latest_of_each()
        .filter(reflection__in=[review.reflection_id for review in reviews])
        .annotate(
            former_name_cy=Subquery(former.values("name_cy")),
            former_name_en=Subquery(former.values("name_en")),
        )
        .defer("content")
    }
    _name_as_then(reviews, submissions)
    present = Present(reviews)
    responses = _by_review(
        Response.objects.visible_to(reader).filter(**shared).order_by("pk")
    )
    findings = _by_review(
        Finding.objects.visible_to(reader)
        .filter(**shared)
        .select_related("outcome__module")
    )
    annotations = _by_review(
        Annotation.objects.visible_to(reader)
        .roots()
        .standing()
        .filter(**shared)
        .annotate(
            is_in_library=Exists(
                GoodPractice.objects.visible_to(reader).filter(
                    annotation=OuterRef("pk")
                )
            )
        )
        .select_related("outcome__module", "criterion", "author")
    )
    outcomes = {}
    for row in (
        SubmittedOutcome.objects.filter(submission__in=submissions.values())
        .select_related("outcome__module", "agreed_level")
        .order_by("outcome__module__number", "outcome__number")
    ):
        outcomes.setdefault(row.submission_id, []).append(row)
    groups = {review.group_id for review in reviews if review.group_id}
    # Who is still there is asked of all; who took part is listed to those who know of the group.
    known = Assignment.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    assignments = list(
        Assignment.objects.filter(group__in=groups)
        .annotate(is_known=Exists(known))
        .select_related("user")
        .order_by("pk")
    )
    meetings = list(Meeting.objects.filter(group__in=groups).order_by("started_at"))
    actions = {}
    for action in (
        Action.objects.visible_to(reader)
        .filter(review_origin__review__in=reviews)
        .select_related("owner", "outcome__module", "review_origin")
        .order_by("due_on", "pk")
    ):
        actions.setdefault(action.review_origin.review_id, []).append(action)
    present.assigned = {
        (each.group_id, each.user_id)
        for each in assignments
        if each.ended_at is None and each.user.is_active
    }
    comments = comments_of(reviews, present, reader=reader)

    records = []
    for review in reviews:
        submission = submissions.get(review.reflection_id)
        replies = {Target.of(each): each for each in responses.get(review.pk, [])}
        remarks = [
            Remark(
                annotation=annotation,
                is_former=present.is_former(annotation),
                reply=replies.get(Target("annotation", annotation.pk)),
                about_earlier=bool(
                    submission and annotation.submission_id != submission.pk
                ),
                comments=comments.get(annotation.pk, []),
                is_in_library=annotation.is_in_library,
            )
            for annotation in sorted(annotations.get(review.pk, []), key=_place)
        ]
        record = Record(
            review=review,
            submission=submission,
            people=_people(
                [
                    each
                    for each in assignments
                    if each.group_id == review.group_id and each.is_known
                ],
                {remark.annotation.author_id for remark in remarks},
            ),
            meetings=[each for each in meetings if each.group_id == review.group_id],
            remarks=remarks,
            actions=actions.get(review.pk, []),
        )
        _add_outcomes(
            record,
            outcomes.get(submission.pk, []) if submission else [],
            findings.get(review.pk, []),
            replies,
        )
        edition = review.round.cycle.edition
        read_outcomes_over(record.outcomes, edition)
        read_outcomes_over(record.actions, edition)
        read_outcomes_over([remark.annotation for remark in remarks], edition)
        records.append(record)
    return records


def _by_review(rows):
    found = {}
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    return found


def _place(annotation):
    outcome, criterion = annotation.outcome, annotation.criterion
    return (
        (outcome.module.number, outcome.number) if outcome else (0, 0),
        (criterion.level or 0, criterion.number) if criterion else (0, 0),
        annotation.pk,
    )


def _people(assignments, authors):
    """Who reviews and facilitates now, and who did and wrote something that is shared."""
    people = {}
    for each in assignments:
        is_former = each.ended_at is not None or not each.user.is_active
        if is_former and each.user_id not in authors:
            continue
        people[each.user_id] = Participant(
            user=each.user, role=each.role, is_former=is_former
        )
    return _in_order(people.values())


def people_of(records):
    """Everybody who is in one of the ``records``, each once; those who are still there count."""
    people = {}
    for person in (person for record in records for person in record.people):
        earlier = people.get(person.user.pk)
        if earlier is None or earlier.is_former:
            people[person.user.pk] = person
    return _in_order(people.values())


def _in_order(people):
    """The facilitator first, then by name."""
    key = welsh_key if get_language() == "cy" else english_key
    return sorted(
        people,
        key=lambda person: (
            person.role != Assignment.Role.FACILITATOR,
            key(str(person.user)),
            person.user.pk,
        ),
    )


def _add_outcomes(record, submitted, findings, replies):
    rows = {
        each.outcome_id: OutcomeRecord(
            outcome=each.outcome,
            uses_levels=each.uses_levels,
            own_level=each.own_level,
            agreed=getattr(each, "agreed_level", None),
        )
        for each in submitted
    }
    # An earlier submission's first: where the group met again, the later finding stands.
    for finding in sorted(findings, key=lambda finding: finding.submission_id):
        row = rows.setdefault(
            finding.outcome_id, OutcomeRecord(finding.outcome, uses_levels=False)
        )
        if finding.part == Finding.Part.CONCLUSION:
            row.conclusion = finding
        else:
            row.notes = finding
        if reply := replies.get(Target("finding", finding.pk)):
            row.replies.append(reply)
    record.whole = rows.pop(None, None)
    record.outcomes = sorted(
        rows.values(), key=lambda row: (row.outcome.module.number, row.outcome.number)
    )


def _name_as_then(reviews, submissions):
    """Have each self-reflection know what its cluster was called when it submitted."""
    for review in reviews:
        submission = submissions.get(review.reflection_id)
        review.reflection.former_name_cy = submission and submission.former_name_cy
        review.reflection.former_name_en = submission and submission.former_name_en
