"""What became of answers and of a self-reflection: who, when, what and why. Nothing here writes."""

from dataclasses import dataclass
from operator import attrgetter

from django.core.paginator import Paginator
from django.db.models import Prefetch

from assessments.comparison import NOTHING, Change, change_of
from assessments.models import (
    NEED_QUESTIONS,
    Answer,
    AnswerVersion,
    Extension,
    Question,
    ReturnReason,
    StateChange,
)
from assessments.needs import frozen, load_tags
from cdf_site.common.long_text import opening
from frameworks.errata import read_over
from organisations.models import CLUSTER_ROLES, Membership

A_PAGE = 50
# What the cluster itself does; the others are its board's and the national programme's.
OF_THE_CLUSTER = {
    StateChange.Kind.STARTED,
    StateChange.Kind.SUBMITTED,
    StateChange.Kind.WITHDRAWN,
}


@dataclass(frozen=True)
class HistoryRow:
    """One version of an answer, or what was refused, beside what stood before it."""

    version: AnswerVersion
    author: object  # None: somebody who has left the cluster
    change: Change
    is_current: bool
    differs: bool  # from the answer as it is now


@dataclass(frozen=True)
class ChangeRow:
    """One change of any answer."""

    version: AnswerVersion
    author: object  # None: somebody who has left the cluster
    answer: Answer

    @property
    def outcome(self):
        return (
            self.answer.criterion.outcome
            if self.answer.criterion
            else self.answer.outcome
        )

    @property
    def what(self):
        """The question, criterion or factor, as people read it."""
        if self.answer.criterion:
            return opening(self.answer.criterion.text)[0]
        if self.answer.enabling_factor:
            return self.answer.enabling_factor.title
        return Question(self.answer.question).label


@dataclass(frozen=True)
class StateRow:
    """One change of the state, or an extension."""

    at: object
    author: object  # None: somebody who has left the cluster
    reason: str
    language: str
    change: StateChange | None = None
    outcome_reasons: tuple = ()
    submission_number: int | None = None
    extension: Extension | None = None


def members(reflection):
    """Who works in the cluster today, as primary keys: one query."""
    return set(
        Membership.objects.current()
        .filter(
            cluster=reflection.cluster_id,
            role__in=CLUSTER_ROLES,
            user__is_active=True,
        )
        .values_list("user_id", flat=True)
    )


def answer_page(answer, number):
    """A page of an answer's history, the newest first: four queries, however long it is.

    One more where it is answered from the list of barriers and support needs.

    What was accepted stands beside the version before it; what was refused, beside the version
    that its writer had seen.
    """
    versions = AnswerVersion.objects.filter(answer=answer)
    page = Paginator(versions.select_related("by").order_by("-pk"), A_PAGE).get_page(
        number
    )
    found = list(page.object_list)
    seen = {_base(version) for version in found}
    bases = {version.version: version for version in versions.filter(version__in=seen)}
    of_the_cluster = members(answer.reflection)
    tags = load_tags() if answer.question in NEED_QUESTIONS else []
    page.object_list = [
        HistoryRow(
            version=version,
            author=version.by if version.by_id in of_the_cluster else None,
            change=change_of(
                answer.question,
                _plain(answer.question, bases.get(_base(version)), tags),
                _plain(answer.question, version, tags),
            ),
            is_current=version.version == answer.version,
            differs=version.content != answer.content,
        )
        for version in found
    ]
    return page


def _base(version):
    return version.base_version if version.refusal else version.version - 1


def _plain(question, version, tags):
    """A version as frozen contents hold an answer."""
    if version is None:
        return NOTHING
    plain = {name: getattr(version, name) for name in NOTHING}
    if not tags:
        return plain
    return plain | {"tags": frozen(question, version.choice, tags)}


def change_page(reflection, number, *, only_refused=False):
    """A page of all changes of all answers, the newest first: three queries."""
    versions = AnswerVersion.objects.filter(answer__reflection=reflection)
    if only_refused:
        versions = versions.exclude(refusal="")
    versions = versions.select_related(
        "by",
        "answer__criterion__outcome__module",
        "answer__outcome__module",
        "answer__enabling_factor",
    ).order_by("-pk")
    page = Paginator(versions, A_PAGE).get_page(number)
    of_the_cluster = members(reflection)
    page.object_list = [
        ChangeRow(
            version=version,
            author=version.by if version.by_id in of_the_cluster else None,
            answer=version.answer,
        )
        for version in page.object_list
    ]
    for row in page.object_list:
        shown = [row.answer.criterion, row.outcome, row.answer.enabling_factor]
        if row.outcome:
            shown.append(row.outcome.module)
        read_over(reflection.cycle.edition, filter(None, shown))
    return page


def state_page(reflection, number):
    """A page of every change of the state and every extension, the newest first: four queries."""
    reasons = ReturnReason.objects.select_related("outcome__module")
    changes = reflection.state_changes.select_related("by").prefetch_related(
        Prefetch("return_reasons", reasons)
    )
    of_the_cluster = members(reflection)
    rows, submission_number = [], 0
    for change in changes:
        submitted = change.kind == StateChange.Kind.SUBMITTED
        submission_number += submitted
        is_known = change.by_id in of_the_cluster or change.kind not in OF_THE_CLUSTER
        outcomes = [reason.outcome for reason in change.return_reasons.all()]
        read_over(
            reflection.cycle.edition,
            [*outcomes, *(outcome.module for outcome in outcomes)],
        )
        rows.append(
            StateRow(
                at=change.at,
                author=change.by if is_known else None,
                reason=change.reason,
                language=change.language,
                change=change,
                outcome_reasons=tuple(change.return_reasons.all()),
                submission_number=submission_number if submitted else None,
            )
        )
    rows += [
        StateRow(
            at=extension.granted_at,
            author=extension.granted_by,
            reason=extension.reason,
            language=extension.language,
            extension=extension,
        )
        for extension in reflection.extensions.select_related("granted_by")
    ]
    rows.sort(key=attrgetter("at"), reverse=True)
    return Paginator(rows, A_PAGE).get_page(number)
