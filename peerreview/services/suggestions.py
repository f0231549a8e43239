"""Suggesting groups, moving clusters between them by hand, and using them in the round."""

from django.db import transaction
from django.utils import timezone

from organisations.audit import record, record_many, record_removed, values
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise
from peerreview.grouping import Settings
from peerreview.grouping.solving import suggest
from peerreview.models import Annotation, Finding, GroupDraft, Meeting
from peerreview.selectors.rounds import announcement_fingerprint
from peerreview.selectors.suggestions import known_of
from peerreview.services.access import derive_access
from peerreview.services.groups import assign_usual_reviewers, new_group
from peerreview.services.locking import locked_round

# What the search may take at most: 600 clusters need a third of it. A request longer than a minute
# is given up by many web servers that stand in front.
SECONDS = 50


class NoGroupsToSuggest(Exception):
    """The round was announced, or each of its groups is of one cluster."""


class DraftChanged(Exception):
    """The draft is no longer as the person saw it: they changed it on another page."""


class GroupsThere(Exception):
    """The round has groups already: they are replaced only where the person was shown that."""


class GroupsChanged(Exception):
    """The round, its groups or its clusters are no longer as the person saw them."""


class GroupsInUse(Exception):
    """Something was written in a group of the round, or it has met: its groups stay."""


def suggest_groups(*, review_round, size, boards, by):
    """Suggest groups of the clusters as they are known now, and keep them as ``by``'s draft.

    The same clusters and wishes give the same groups. What ``by`` had moved by hand before is
    replaced. The search, up to ``SECONDS`` long, is outside of any transaction: nobody waits for it.
    """
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    _refuse_settled(review_round)
    known = known_of(review_round)
    proposal = suggest(
        known.candidates, Settings(size=size, boards=boards), seconds=SECONDS
    )
    groups = [list(group) for group in proposal.groups]
    return _keep(
        review_round=review_round,
        by=by,
        size=size,
        boards=boards,
        suggested=groups,
        groups=groups,
        objective=proposal.objective,
        bound=proposal.bound,
        was_cut_short=proposal.cut_short,
        known=known.fingerprint,
    )


@transaction.atomic
def _keep(*, review_round, by, **suggestion):
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    _refuse_settled(review_round)
    draft = GroupDraft.objects.filter(round=review_round, kept_by=by).first()
    draft = draft or GroupDraft(round=review_round, kept_by=by)
    for name, value in suggestion.items():
        setattr(draft, name, value)
    draft.suggested_at = timezone.now()
    draft.version += 1
    draft.save()
    return draft


@transaction.atomic
def change_draft(*, draft, base_version, groups, by):
    """Keep the ``groups`` of a draft, lists of codes; DraftChanged where they changed meanwhile.

    What is sent a second time changes nothing and is no conflict.
    """
    review_round = locked_round(draft.round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    draft = GroupDraft.objects.select_for_update(of=("self",), no_key=True).get(
        pk=draft.pk, kept_by=by
    )
    draft.round = review_round
    if _sorted(groups) == _sorted(draft.groups):
        return draft
    if draft.version != base_version:
        raise DraftChanged
    draft.groups = groups
    draft.version += 1
    draft.save(update_fields=["groups", "version"])
    return draft


def _sorted(groups):
    """The groups by their places, whatever order their clusters are in; empty ones at the end left out."""
    found = [sorted(group) for group in groups]
    while found and not found[-1]:
        found.pop()
    return found


@transaction.atomic
def use_groups(*, review_round, groups, by, replaces=None):
    """Make ``groups``, lists of codes of clusters, the groups of the round, with their usual reviewers.

    Groups that are there are replaced, with their people and meetings, where ``replaces`` is the
    fingerprint of what the person was shown of them: GroupsThere where nothing was, GroupsChanged
    where that is not how it is now. Clusters that are in none of ``groups`` are in no group then.
    """
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    _refuse_settled(review_round)
    if is_written_in(review_round):
        raise GroupsInUse
    there = list(review_round.groups.all())
    if there and replaces is None:
        raise GroupsThere
    if replaces not in {None, announcement_fingerprint(review_round)}:
        raise GroupsChanged
    reviews = {
        review.reflection.cluster.code: review
        for review in review_round.reviews.taking_part().select_related(
            "reflection__cluster"
        )
    }
    if any(code not in reviews for group in groups for code in group):
        raise GroupsChanged
    before = {review.pk: review.group_id for review in reviews.values()}
    _remove(review_round, there, by=by)
    for codes in groups:
        if not codes:
            continue
        group = new_group(review_round, by=by)
        group.round = review_round
        for code in codes:
            review = reviews[code]
            review.group = group
            review.save(update_fields=["group"])
            record(
                AuditEvent.Kind.CHANGED,
                by=by,
                subject=review,
                before={"group": before[review.pk]},
                after={"group": group.pk},
            )
        assign_usual_reviewers(group=group, by=by)
    derive_access(review_round=review_round, by=by)


def is_written_in(review_round):
    """Whether anything was written in a review of the round, or one of its groups has met."""
    return (
        Annotation.objects.filter(review__round=review_round).exists()
        or Finding.objects.filter(review__round=review_round).exists()
        or Meeting.objects.filter(group__round=review_round).exists()
    )


def _remove(review_round, groups, *, by):
    review_round.reviews.filter(group__in=groups).update(group=None)
    for group in groups:
        people = list(group.assignments.all())
        record_many([(row, values(row)) for row in people], by=by, removed=True)
        record_removed(group, by=by)
        group.assignments.all().delete()
        group.delete()


def _refuse_settled(review_round):
    if review_round.is_announced or review_round.is_whole_cycle:
        raise NoGroupsToSuggest
