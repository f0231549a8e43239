"""Saving one's own views, and opening the discussion that shows how they are spread.

A view is its author's until the discussion of its outcome is opened, and cannot be changed after.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments.models import (
    Discussion,
    SignsChoice,
    View,
)
from assessments.rules import works_in_the_cluster
from assessments.services.answers import ForeignSubject
from assessments.services.states import locked
from assessments.subjects import level_choices
from cdf_site.common.languages import detect
from frameworks.models import Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise, holds

FEWEST_SHOWN = 3  # views; fewer would name people


class TooFewViews(Exception):
    """Fewer than three people have recorded a view of the outcome; how many is not said."""


def fingerprint(choice, text, is_shared):
    """What a page says it was made from, so that what nobody touched on it is left alone."""
    whole = "\x1f".join([choice, text, str(bool(is_shared))])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Opinion:
    """What somebody typed of one outcome, and what they had before them."""

    outcome_id: int
    base_version: int
    was: str  # the fingerprint of what the page showed at first
    choice: str = ""
    text: str = ""
    is_shared: bool = False

    @property
    def content(self):
        return (self.choice, self.text, self.is_shared)

    @property
    def is_untouched(self):
        return fingerprint(*self.content) == self.was


@dataclass
class SavedViews:
    """What became of a page's opinions, by outcome; ``versions`` is where that page may go on."""

    versions: dict[int, int] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)
    conflicts: dict[int, View] = field(default_factory=dict)
    too_late: dict[int, Opinion] = field(default_factory=dict)


@transaction.atomic
def save_views(*, reflection, opinions, language, by):
    """Save each of one's own opinions that is fresh; the stale ones come back with both texts.

    What comes after the discussion of its outcome was opened, or when nothing is taken any more, is
    changed nowhere and listed in ``too_late``. ``language`` is that of a sentence of which it cannot
    be told. Raises PermissionDenied for whoever does not work in
    the cluster, ForeignSubject for what the cycle's edition does not ask.
    """
    reflection = locked(reflection, by=by)
    if not (by.is_active and works_in_the_cluster(by, reflection)):
        raise PermissionDenied(f"{Permission.RECORD_VIEW} refused")
    is_open = holds(by, Permission.RECORD_VIEW, reflection)

    _refuse_foreign(reflection, opinions)
    stored = {
        view.outcome_id: view
        for view in View.objects.filter(reflection=reflection, by=by)
    }
    opened = set(
        Discussion.objects.filter(reflection=reflection).values_list(
            "outcome_id", flat=True
        )
    )
    saved = SavedViews()
    for opinion in opinions:
        outcome_id = opinion.outcome_id
        view = stored.get(outcome_id) or View(
            reflection=reflection, outcome_id=outcome_id, by=by
        )
        saved.versions[outcome_id] = view.version
        is_stale = opinion.base_version != view.version
        if opinion.content == (view.choice, view.text, view.is_shared):
            continue
        if is_stale and opinion.is_untouched:
            saved.versions[outcome_id] = opinion.base_version
        elif not is_open or outcome_id in opened:
            saved.too_late[outcome_id] = opinion
        elif is_stale:
            saved.conflicts[outcome_id] = view
        else:
            _write(view, opinion, language)
            saved.versions[outcome_id] = view.version
            saved.changed.append(outcome_id)
    if saved.changed:
        # Nobody who reads the audit learns of which outcomes, and so of how many views each has.
        record(AuditEvent.Kind.CHANGED, by=by, subject=reflection, what="own_view")
    return saved


def _refuse_foreign(reflection, opinions):
    outcomes = {
        outcome.pk: outcome
        for outcome in Outcome.objects.filter(
            module__edition=reflection.cycle.edition,
            pk__in=[opinion.outcome_id for opinion in opinions],
        ).select_related("module")
    }
    for opinion in opinions:
        if opinion.outcome_id not in outcomes:
            raise ForeignSubject
        module = outcomes[opinion.outcome_id].module
        wanted = (
            [str(level) for level, _label in level_choices(module)]
            if module.uses_levels
            else SignsChoice.values
        )
        if opinion.choice not in {"", *wanted}:
            raise ForeignSubject


def _write(view, opinion, language):
    if opinion.text != view.text:
        view.language = detect(opinion.text, language) if opinion.text else ""
    view.choice, view.text, view.is_shared = opinion.content
    view.version += 1
    view.written_at = timezone.now()
    view.save()


@transaction.atomic
def open_discussion(*, reflection, outcome, by):
    """Freeze the views of ``outcome``, count how they are spread, and let the cluster see it.

    Nothing is counted later: a second count would show the latest view as its difference from the
    first. Raises TooFewViews where nothing could be shown: the views would be frozen for nothing.
    Opening twice opens once.
    """
    reflection = locked(reflection, by=by)
    authorise(by, Permission.OPEN_DISCUSSION, reflection)
    if outcome.module.edition_id != reflection.cycle.edition_id:
        raise ForeignSubject
    earlier = Discussion.objects.filter(reflection=reflection, outcome=outcome).first()
    if earlier:
        return earlier
    choices = Counter(
        View.objects.filter(reflection=reflection, outcome=outcome)
        .exclude(choice="")
        .values_list("choice", flat=True)
    )
    if choices.total() < FEWEST_SHOWN:
        raise TooFewViews
    discussion = Discussion.objects.create(
        reflection=reflection,
        outcome=outcome,
        opened_by=by,
        view_count=choices.total(),
        spread=dict(sorted(choices.items())),
    )
    record(AuditEvent.Kind.ADDED, by=by, subject=discussion)
    return discussion
