"""The record of a review in the words of one language's document, and its drawing.

Reads the ``Record`` that the page shows, and nothing else. Call ``_document`` with the document's
language activated.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import ActionStatus
from peerreview.selectors.records import people_of
from reporting.pdf.rendering import (
    MOST_LINES,
    draw,
    lines_of_texts,
    parts_of,
    refuse_more,
)
from reporting.pdf.shapes import Answer, Level, readable


@dataclass(frozen=True)
class Said:
    """What somebody wrote, with what it is about and what the cluster replied."""

    about: str
    by: str
    is_former: bool
    about_earlier: bool
    words: Answer
    stance: str = ""
    reply: Answer | None = None
    comments: list[tuple[str, Answer]] = field(default_factory=list)  # by whom each


@dataclass(frozen=True)
class OutcomeFound:
    title: str
    own_level: Level | None
    agreed_level: Level | None
    words: list[tuple[str, Answer]]  # under a heading each
    replies: list[tuple[str, Answer]]  # each with its stance


@dataclass(frozen=True)
class ActionLine:
    words: Answer
    about: str
    owner: str
    due_on: str
    status: str
    is_overdue: bool


@dataclass(frozen=True)
class ClusterPart:
    """What the document says of one cluster."""

    position: int  # from 1
    name: str
    board: str
    number: int | None
    submitted_at: str
    agreed_on: str
    has_withdrawn: bool
    levels: list[OutcomeFound]
    found: list[OutcomeFound]
    counts: list
    stances: list
    remarks: list[tuple[str, list[Said]]]  # under a heading each
    actions: list[ActionLine]
    levels_exhibit: int | None = (
        None  # the numbers of its tables, where they are not empty
    )
    remarks_exhibit: int | None = None


@dataclass(frozen=True)
class RecordDocument:
    """One language's document."""

    language: str
    subject: str  # the cluster's name, or the group's number
    round: str
    cycle: str
    meetings: list[str]
    people: list
    clusters: list[ClusterPart]
    is_closed: bool
    made_on: date

    @property
    def title(self):
        return f"{_('Record of the review')}: {self.subject}, {self.round}"

    @property
    def running_head(self):
        return f"{self.subject} · {self.round}"


def render_review_record(
    records, *, group, of_the_group, languages, made_at, large_print=False
):
    """The ``records`` of one group as the bytes of a tagged PDF, as ``render_summary`` draws it.

    ``of_the_group`` says whether the document is of the group, or of the one cluster. Raises
    TooLong.
    """
    texts = [text for record in records for text in _texts(record)]
    refuse_more(lines_of_texts(texts), MOST_LINES)
    made_at = timezone.localtime(made_at)
    parts = parts_of(
        "reporting/review_record.html",
        "record",
        languages=languages,
        document_in=lambda language: _document(
            records, group, of_the_group, language, made_at
        ),
    )
    return draw(parts, languages=languages, created_at=made_at, large_print=large_print)


def _texts(record):
    for remark in record.remarks:
        yield remark.annotation.text
        yield remark.reply.text if remark.reply else ""
        for comment in remark.comments:
            yield comment.annotation.text
    for row in [*record.outcomes, *([record.whole] if record.whole else [])]:
        yield row.agreed.reason if row.agreed else ""
        for written in (row.conclusion, row.notes, *row.replies):
            yield written.text if written else ""
    for action in record.actions:
        yield action.text


def _document(records, group, of_the_group, language, made_at):
    review_round = group.round
    moments = [meeting.started_at for meeting in records[0].meetings] if records else []
    if not moments and group.meets_at:
        moments = [group.meets_at]
    subject = (
        _("Group %(number)s") % {"number": group.number}
        if of_the_group
        else readable(records[0].review.reflection.cluster_name)
    )
    return RecordDocument(
        language=language,
        subject=subject,
        round=readable(str(review_round)),
        cycle=readable(str(review_round.cycle)),
        meetings=[_moment(moment) for moment in moments],
        people=[
            (readable(str(person.user)), person.role_label, person.is_former)
            for person in people_of(records)
        ],
        clusters=_numbered(
            _cluster_part(record, position, language)
            for position, record in enumerate(records, start=1)
        ),
        is_closed=review_round.is_closed,
        made_on=made_at.date(),
    )


def _numbered(clusters):
    """``clusters`` with the numbers of their exhibits, counted through the document."""
    numbers = count(1)
    return [
        replace(
            cluster,
            levels_exhibit=next(numbers) if cluster.levels else None,
            remarks_exhibit=next(numbers) if cluster.counts else None,
        )
        for cluster in clusters
    ]


def _moment(instant):
    return date_format(timezone.localtime(instant), "j F Y, H:i")


def _day(date):
    return date_format(date, "j F Y") if date else ""


def _words(text, text_language, language):
    return Answer(
        text=readable(text).strip(),
        language=text_language,
        is_foreign=text_language not in {"", language},
    )


def _cluster_part(record, position, language):
    review, submission = record.review, record.submission
    found = [_outcome(row, language) for row in record.outcomes if row.uses_levels]
    return ClusterPart(
        position=position,
        name=readable(review.reflection.cluster_name),
        board=readable(str(review.reflection.cluster.health_board)),
        number=submission and submission.number,
        submitted_at=_moment(submission.submitted_at) if submission else "",
        agreed_on=_moment(review.agreed_at) if review.agreed_at else "",
        has_withdrawn=not review.takes_part,
        levels=found,
        found=[_outcome(row, language) for row in record.found],
        counts=record.counts if record.remarks else [],
        stances=record.stances if record.reply_count else [],
        remarks=[
            (
                heading,
                [_said(remark, language, names_kind=names_kind) for remark in remarks],
            )
            for heading, remarks, names_kind in (
                (_("Still open"), record.open, True),
                (pgettext("annotations", "Resolved"), record.settled, True),
                (_("Good practice"), record.good_practice, False),
                (_("Support offered"), record.support, False),
            )
            if remarks
        ],
        actions=[
            ActionLine(
                words=_words(action.text, action.language, language),
                about=readable(str(action.outcome)) if action.outcome else "",
                owner=readable(str(action.owner)) if action.owner else "",
                due_on=_day(action.due_on),
                status=ActionStatus(action.status).label,
                is_overdue=action.is_overdue,
            )
            for action in record.actions
        ],
    )


def _level(level):
    return None if level is None else Level(level)


def _outcome(row, language):
    words = []
    if row.agreed and row.agreed.reason:
        words.append(
            (_("Why this level was agreed"), row.agreed.reason, row.agreed.language)
        )
    if row.says_why and row.conclusion.text:
        words.append(
            (
                pgettext("finding", "What the group agreed"),
                row.conclusion.text,
                row.conclusion.language,
            )
        )
    if row.notes and row.notes.text:
        words.append(
            (
                pgettext("finding", "Notes of the meeting"),
                row.notes.text,
                row.notes.language,
            )
        )
    return OutcomeFound(
        title=readable(str(row.outcome)) if row.outcome else _("The whole submission"),
        own_level=_level(row.own_level),
        agreed_level=_level(row.agreed.level) if row.agreed else None,
        words=[
            (heading, _words(text, text_language, language))
            for heading, text, text_language in words
        ],
        replies=[
            (
                reply.Stance(reply.choice).label,
                _words(reply.text, reply.language, language),
            )
            for reply in row.replies
        ],
    )


def _said(remark, language, *, names_kind):
    annotation, reply = remark.annotation, remark.reply
    about = str(annotation.outcome or _("The whole submission"))
    if names_kind:
        about = f"{annotation.kind_label}: {about}"
    return Said(
        about=readable(about),
        by=readable(str(annotation.author)),
        is_former=remark.is_former,
        about_earlier=remark.about_earlier,
        words=_words(annotation.text, annotation.language, language),
        stance=reply.Stance(reply.choice).label if reply else "",
        reply=_words(reply.text, reply.language, language) if reply else None,
        comments=[
            (
                _by(comment),
                _words(comment.annotation.text, comment.annotation.language, language),
            )
            for comment in remark.comments
        ],
    )


def _by(comment):
    voice = comment.annotation.get_voice_display()
    if comment.is_former:
        voice = f"{_('former member')}, {voice}"
    return f"{readable(str(comment.annotation.author))} ({voice})"
