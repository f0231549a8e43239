"""What a cluster has been told in a review, and what it replies. Nothing here writes."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Value

from assessments.models import Submission, SubmittedOutcome
from peerreview.models import Annotation, Finding, Response
from peerreview.selectors.present import Present
from peerreview.selectors.wording import read_outcomes_over

ANNOTATION, FINDING = "annotation", "finding"
WANTING = (  # a reply; to good practice and an offer of support there may be one
    Annotation.Kind.QUESTION,
    Annotation.Kind.SUGGESTION,
    Annotation.Kind.EVIDENCE,
)


@dataclass(frozen=True)
class Target:
    """What a reply is to: one annotation or one finding."""

    kind: str
    pk: int

    @classmethod
    def of(cls, response):
        if response.annotation_id:
            return cls(ANNOTATION, response.annotation_id)
        return cls(FINDING, response.finding_id)

    @classmethod
    def named(cls, key):
        """The target of a ``key``, or None where it names none."""
        start, _hyphen, number = key.rpartition("-")
        kinds = {f"reply-{kind}": kind for kind in (ANNOTATION, FINDING)}
        if (
            start in kinds
            and number.isascii()
            and number.isdigit()
            and len(number) < 19
        ):
            return cls(kinds[start], int(number))
        return None

    @property
    def key(self):
        """Its name in forms and addresses of parts of a page."""
        return f"reply-{self.kind}-{self.pk}"

    @property
    def fields(self):
        """The columns of ``Response`` that say what it is to."""
        return {
            "annotation_id": self.pk if self.kind == ANNOTATION else None,
            "finding_id": self.pk if self.kind == FINDING else None,
        }


def is_ready(response):
    """Whether a reply says all it has to: to explain or to disagree needs a reason."""
    needs_reason = response.choice != Response.Stance.ACCEPT
    return bool(response.choice and (response.text.strip() or not needs_reason))


@dataclass(frozen=True)
class Comment:
    """What somebody said in the thread of an annotation."""

    annotation: Annotation
    is_former: bool


@dataclass
class ToReply:
    """One thing that the cluster may reply to, as one of its readers sees it."""

    target: Target
    thing: object
    response: Response  # one that is not stored where there is none
    is_former: bool = False
    is_taken_back: bool = False
    submission_number: int = 1
    submitted: SubmittedOutcome | None = None  # both levels of its outcome
    wants_reply: bool = False
    comments: list[Comment] = field(default_factory=list)

    @property
    def key(self):
        return self.target.key

    @property
    def is_finding(self):
        return self.target.kind == FINDING

    @property
    def outcome(self):
        return self.thing.outcome

    @property
    def criterion(self):
        return None if self.is_finding else self.thing.criterion

    @property
    def has_reply(self):
        return not self.response.is_empty

    @property
    def is_sent(self):
        return self.response.is_shared

    @property
    def is_ready(self):
        return is_ready(self.response)

    @property
    def takes_a_reply(self):
        """Whether a reply can be written now, as far as the thing itself goes."""
        return not (self.is_sent or self.is_taken_back)


@dataclass
class Replies:
    """All that one reader sees of what was said of a cluster, and its replies."""

    rows: list[ToReply]
    submission: Submission | None = None  # the latest

    @property
    def by_target(self):
        return {row.target: row for row in self.rows}

    @property
    def answers(self):
        return {row.target: row.response for row in self.rows}

    def answer(self, target):
        return self.by_target[target].response

    @property
    def wanting(self):
        """How many wait for a reply, as everywhere else it is said."""
        return sum(row.wants_reply for row in self.rows)

    @property
    def replied(self):
        return sum(row.is_sent for row in self.rows)

    @property
    def waiting(self):
        """Those with a reply that was begun and not sent."""
        return [row for row in self.rows if row.takes_a_reply and row.has_reply]


def wanting_reply(reviews, *, reader):
    """By a review's number, the targets that wait for its cluster's reply: one query.

    Conclusions of the group; and of what reviewers asked, what is neither resolved nor answered, by
    a reply that was sent or by the cluster in the thread.
    """
    wanting = {review.pk: set() for review in reviews}
    findings = (
        Finding.objects.visible_to(reader)
        .filter(
            review__in=reviews,
            shared_at__isnull=False,
            part=Finding.Part.CONCLUSION,
            response__shared_at=None,
        )
        .exclude(choice="", text="")
    )
    answered = Annotation.objects.standing().filter(
        parent=OuterRef("pk"),
        voice=Annotation.Voice.CLUSTER,
        shared_at__isnull=False,
    )
    annotations = (
        Annotation.objects.visible_to(reader)
        .roots()
        .open()
        .standing()
        .filter(
            ~Exists(answered),
            review__in=reviews,
            shared_at__isnull=False,
            choice__in=WANTING,
            response__shared_at=None,
        )
    )
    first, second = (
        rows.order_by().values_list("review", Value(kind), "pk")
        for kind, rows in ((FINDING, findings), (ANNOTATION, annotations))
    )
    for review, kind, pk in first.union(second, all=True):
        wanting[review].add(Target(kind, pk))
    return wanting


def comments_of(reviews, present, *, reader):
    """What was said in threads, by the number of the annotation that it is about: one query."""
    comments = {}
    for annotation in (
        Annotation.objects.visible_to(reader)
        .standing()
        .filter(parent__isnull=False, review__in=reviews, shared_at__isnull=False)
        .select_related("author")
        .order_by("shared_at", "pk")
    ):
        comments.setdefault(annotation.parent_id, []).append(
            Comment(annotation, present.is_former(annotation))
        )
    return comments


def load_replies(review, *, reader):
    """What was said of the cluster, in the order of the framework: nine queries.

    What its author took back, and notes of a meeting, are listed only where the cluster has replied
    to them.
    """
    responses = {
        Target.of(response): response
        for response in Response.objects.visible_to(reader).filter(review=review)
    }
    present = Present([review])
    comments = comments_of([review], present, reader=reader)
    wanting = wanting_reply([review], reader=reader)[review.pk]
    rows = []
    for finding in (
        Finding.objects.visible_to(reader)
        .filter(review=review, shared_at__isnull=False)
        .exclude(choice="", text="")
        .select_related("outcome__module", "submission__reflection")
        .defer("submission__content")
    ):
        row = _row(finding, Target(FINDING, finding.pk), responses)
        if finding.part == Finding.Part.CONCLUSION or row.has_reply:
            rows.append(row)
    for annotation in (
        Annotation.objects.visible_to(reader)
        .roots()
        .filter(review=review, shared_at__isnull=False)
        .select_related("outcome__module", "criterion", "author", "submission")
        .defer("submission__content")
    ):
        row = _row(annotation, Target(ANNOTATION, annotation.pk), responses)
        row.is_former = present.is_former(annotation)
        row.is_taken_back = annotation.removed_at is not None
        row.comments = comments.get(annotation.pk, [])
        if not row.is_taken_back or row.has_reply:
            rows.append(row)
    submission = (
        Submission.objects.visible_to(reader)
        .filter(reflection=review.reflection_id)
        .defer("content")
        .order_by("-number")
        .first()
    )
    levels = {
        submitted.outcome_id: submitted
        for submitted in SubmittedOutcome.objects.filter(
            submission=submission, uses_levels=True
        ).select_related("agreed_level")
    }
    read_outcomes_over(rows, review.round.cycle.edition)
    for row in rows:
        row.submitted = levels.get(row.thing.outcome_id)
        row.wants_reply = row.target in wanting
    return Replies(rows=sorted(rows, key=_place), submission=submission)


def _row(thing, target, responses):
    return ToReply(
        target=target,
        thing=thing,
        response=responses.get(target) or Response(**target.fields),
        submission_number=thing.submission.number,
    )


def _place(row):
    """The whole first, then as the framework has them; findings before remarks."""
    outcome, criterion = row.outcome, row.criterion
    return (
        (outcome.module.number, outcome.number) if outcome else (0, 0),
        not row.is_finding,
        (criterion.level or 0, criterion.number) if criterion else (0, 0),
        row.thing.pk,
    )


def gone_targets(review, keys, known):
    """Those of ``keys`` that a page of this review had, and that are not ``known`` to it any more.

    Whoever typed a reply to something that went out of sight meanwhile is told so, with their text.
    """
    targets = {target for key in keys if (target := Target.named(key))} - set(known)
    stored = {
        ANNOTATION: Annotation.objects.roots().filter(shared_at__isnull=False),
        FINDING: Finding.objects.filter(shared_at__isnull=False),
    }
    return {
        target
        for target in targets
        if stored[target.kind].filter(review=review, pk=target.pk).exists()
    }
