"""Questions about views, discussions, the room and who is here. Nothing here writes."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from assessments.models import (
    Answer,
    Discussion,
    FacilitatedSession,
    Flag,
    Presence,
    Profession,
    SignsChoice,
    View,
)
from assessments.room import RoomSheet
from assessments.subjects import SEPARATOR, Subject, level_choices
from frameworks.errata import read_over
from frameworks.models import Criterion, Module
from organisations.models import CLUSTER_ROLES, AuditEvent, Membership

# Views and what is seen of them ----------------------------------------------------------


@dataclass(frozen=True)
class SpreadRow:
    """How many chose one level, or one kind of sign."""

    label: str
    level: int | None
    count: int
    total: int


@dataclass(frozen=True)
class Spread:
    """What the cluster sees of the views of an outcome; no rows where there were too few."""

    opened_at: object
    rows: list[SpreadRow]
    sentences: list[View]

    @property
    def is_shown(self):
        return bool(self.rows)


def own_views(reflection, user):
    """A person's own views, by outcome: one query."""
    views = View.objects.visible_to(user).filter(reflection=reflection)
    return {view.outcome_id: view for view in views}


def opened_outcomes(reflection):
    """The ids of the outcomes whose discussion has been opened: one query."""
    return set(
        Discussion.objects.filter(reflection=reflection).values_list(
            "outcome_id", flat=True
        )
    )


def spread_of(reflection, outcome):
    """How the views of ``outcome`` are spread, or None before its discussion was opened.

    Shared sentences stand in the alphabet's order, which says nothing of who wrote which or when,
    and never beside a level. Where the views are too few to show, no sentence is shown either.
    At most two queries; asks nobody's leave.
    """
    discussion = Discussion.objects.filter(
        reflection=reflection, outcome=outcome
    ).first()
    if discussion is None:
        return None
    if not discussion.view_count:
        return Spread(discussion.opened_at, [], [])
    if outcome.module.uses_levels:
        choices = [
            (str(level), level, label) for level, label in level_choices(outcome.module)
        ]
    else:
        choices = [(value, None, label) for value, label in SignsChoice.choices]
    rows = [
        SpreadRow(label, level, discussion.spread.get(value, 0), discussion.view_count)
        for value, level, label in choices
    ]
    sentences = (
        View.objects.filter(reflection=reflection, outcome=outcome, is_shared=True)
        .exclude(text="")
        .only("text", "language")
    )
    return Spread(
        discussion.opened_at,
        rows,
        sorted(sentences, key=lambda view: (view.text.casefold(), view.text)),
    )


# The room --------------------------------------------------------------------------------


def running_session(reflection, user):
    """The session that is under way, or None: one query."""
    session = (
        FacilitatedSession.objects.visible_to(user)
        .running()
        .filter(reflection=reflection)
        .select_related("outcome__module", "reflection__cluster", "reflection__cycle")
        .first()
    )
    if session:
        outcome = session.outcome
        read_over(reflection.cycle.edition, [outcome, outcome.module])
    return session


def latest_end(reflection, user):
    """The audit event of the session that was ended last, with who did it; None without one."""
    session = (
        FacilitatedSession.objects.visible_to(user)
        .filter(reflection=reflection, ended_at__isnull=False)
        .order_by("ended_at")
        .last()
    )
    return session and (
        AuditEvent.objects.filter(
            subject_type=FacilitatedSession._meta.label_lower,
            subject_id=str(session.pk),
            details__ended=True,
        )
        .select_related("by")
        .first()
    )


def outcome_in_the_room(reflection, outcome, step):
    """One outcome at a step of it, with its criteria and answers: two queries."""
    criteria = read_over(
        reflection.cycle.edition, Criterion.objects.filter(outcome=outcome)
    )
    answers = Answer.objects.filter(reflection=reflection).filter(
        Q(outcome=outcome) | Q(criterion__outcome=outcome)
    )
    return RoomSheet(
        module=outcome.module,
        outcome=outcome,
        criteria=criteria,
        answers={Subject.of(answer): answer for answer in answers},
        step=step,
    )


def flagged_outcomes(reflection, user):
    """The ids of the outcomes that somebody wants to discuss: one query."""
    return set(
        Flag.objects.visible_to(user)
        .filter(reflection=reflection)
        .open()
        .values_list("outcome_id", flat=True)
    )


def clocks_of(session):
    """The clocks of a session, by outcome: one query."""
    return {clock.outcome_id: clock for clock in session.clocks.all()}


def times_of(session, edition):
    """The outcomes that were talked about, with the minutes, in the form's order: one query."""
    clocks = session.clocks.select_related("outcome").order_by(
        "outcome__module__number", "outcome__number"
    )
    times = [(clock.outcome, round(clock.elapsed / 60)) for clock in clocks]
    read_over(edition, [outcome for outcome, _minutes in times])
    return times


def professions_present(session):
    """The professions in the room, as people read them, in the list's order."""
    present = session.present.split(SEPARATOR)
    return [label for code, label in Profession.choices if code in present]


# Who is here -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Here:
    """Somebody else who has a page of this form open now."""

    name: str
    profession: str
    places: tuple[str, ...]


def here_now(reflection, user):
    """Who else is here, each once with their places, by name: one query."""
    profession = (
        Membership.objects.current()
        .filter(
            user=OuterRef("by"), cluster=reflection.cluster_id, role__in=CLUSTER_ROLES
        )
        .exclude(profession="")
        .values("profession")[:1]
    )
    presences = (
        Presence.objects.visible_to(user)
        .giving_signs()
        .filter(reflection=reflection)
        .exclude(by=user)
        .select_related("by")
        .annotate(profession=Subquery(profession))
    )
    labels = dict(Profession.choices)
    people = {}
    for presence in presences:
        person = people.setdefault(presence.by_id, [presence, set()])
        person[1].add(presence.place)
    return sorted(
        (
            Here(
                str(presence.by),
                str(labels.get(presence.profession, "")),
                tuple(sorted(places)),
            )
            for presence, places in people.values()
        ),
        key=lambda here: here.name,
    )


def module_abbreviations(edition):
    """What the modules are called for short, by code: one query."""
    return {
        module.code: module.abbreviation
        for module in read_over(edition, Module.objects.filter(edition=edition))
    }
