"""Suggested groups: asking for them, moving clusters by hand, and using them."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organisations.permissions import Permission, authorise
from peerreview.forms.rounds import AnnounceForm
from peerreview.forms.suggestions import MOST_WITH_LISTS, PlacesForm, WishesForm
from peerreview.models import GroupDraft
from peerreview.selectors.rounds import announcement_fingerprint
from peerreview.selectors.suggestion_words import (
    Words,
    part_rows,
    points,
    quality,
    signed,
)
from peerreview.selectors.suggestions import known_of, replacement_of, worth_of
from peerreview.services import suggestions as services
from peerreview.views.loading import visible_round
from peerreview.views.rounds import CONFLICT

STRENGTHS_AT_ONCE = 3  # the rest can be opened


@dataclass(frozen=True)
class ClusterPart:
    """A cluster on the page: what is known of it, and where it goes."""

    review: object
    candidate: object
    rurality: str
    field: object


@dataclass(frozen=True)
class GroupPart:
    """A group on the page."""

    number: int
    clusters: list
    points: str
    change: str
    is_better: bool
    strengths: list
    more_strengths: list
    reasons: list
    broken: list


def _organised(request, code):
    review_round = visible_round(request, code)
    authorise(request.user, Permission.ORGANISE_ROUND, review_round)
    return review_round


def _settled(request, review_round):
    """Back to the round, where there are no groups to suggest any more; else None."""
    if not (review_round.is_announced or review_round.is_whole_cycle):
        return None
    messages.info(
        request,
        _("The round has been announced.")
        if review_round.is_announced
        else _("In a whole-cycle process, each cluster has its own group."),
    )
    return redirect("peerreview:round_detail", round=review_round.code)


def _draft_of(request, review_round):
    draft = (
        GroupDraft.objects.visible_to(request.user).filter(round=review_round).first()
    )
    if draft:
        draft.round = review_round
    return draft


def groups_suggest(request, round):  # noqa: A002
    """Suggested groups of a round, with their reasons; clusters can be moved before they are used."""
    review_round = _organised(request, round)
    if settled := _settled(request, review_round):
        return settled
    draft = _draft_of(request, review_round)
    if request.method != "POST":
        return _draw(request, review_round, draft)
    if "switch_to" in request.POST:
        return _as_typed(request, review_round, draft)
    if "suggest" in request.POST or draft is None:
        return _suggest(request, review_round, draft)
    return _move(request, review_round, draft)


def _as_typed(request, review_round, draft):
    """The page in the other language; nothing is kept yet."""
    wishes = WishesForm(review_round, draft, request.POST).as_typed()
    places = None
    if draft:
        known = known_of(review_round)
        places = PlacesForm(worth_of(draft, known), known, request.POST).as_typed()
    return _draw(request, review_round, draft, wishes=wishes, places=places)


def _suggest(request, review_round, draft):
    wishes = WishesForm(review_round, draft, request.POST)
    if not wishes.is_valid():
        return _draw(request, review_round, draft, wishes=wishes)
    try:
        services.suggest_groups(
            review_round=review_round, by=request.user, **wishes.values()
        )
    except services.NoGroupsToSuggest:
        return redirect("peerreview:round_detail", round=review_round.code)
    return _to_groups(review_round)


def _move(request, review_round, draft):
    """Keep where the clusters were put, and go on as the button says."""
    known = known_of(review_round)
    worth = worth_of(draft, known)
    places = PlacesForm(worth, known, request.POST)
    if not places.is_valid():
        return _draw(request, review_round, draft, places=places)
    groups = draft.suggested if "undo" in request.POST else places.groups()
    try:
        services.change_draft(
            draft=draft,
            base_version=places.cleaned_data["version"],
            groups=groups,
            by=request.user,
        )
    except services.DraftChanged:
        draft = _draft_of(request, review_round)
        data = request.POST.copy()
        data["version"] = str(draft.version)
        places = PlacesForm(worth_of(draft, known), known, data).as_typed()
        return _draw(request, review_round, draft, places=places, has_changed=True)
    if "use" in request.POST:
        return _use(request, review_round, groups, replaces=None)
    return _to_groups(review_round, "effect" if "effect" in request.POST else "groups")


def _to_groups(review_round, anchor="groups"):
    url = reverse("peerreview:groups_suggest", kwargs={"round": review_round.code})
    return redirect(f"{url}#{anchor}")


def _use(request, review_round, groups, *, replaces):
    """Use ``groups``; where the round has some already, ask first."""
    to_confirm = redirect("peerreview:groups_use", round=review_round.code)
    try:
        services.use_groups(
            review_round=review_round, groups=groups, by=request.user, replaces=replaces
        )
    except services.GroupsThere:
        return to_confirm
    except services.GroupsChanged:
        messages.info(
            request,
            _(
                "The round, its groups or its clusters have changed since you looked. Nothing "
                "was done: look again, and decide again."
            ),
        )
        return to_confirm if replaces is not None else _to_groups(review_round)
    except services.GroupsInUse:
        messages.info(
            request,
            _(
                "Something was written in a group of this round, or it has met: its groups stay."
            ),
        )
        return _to_groups(review_round)
    except services.NoGroupsToSuggest:
        pass  # the page of the round says why
    else:
        messages.success(
            request,
            _(
                "The groups are those of the round now, and the leads of each cluster review the "
                "others of its group."
            ),
        )
    return redirect("peerreview:round_detail", round=review_round.code)


def groups_use(request, round):  # noqa: A002
    """What is lost where groups that a round has already are replaced; then replace them."""
    review_round = _organised(request, round)
    if settled := _settled(request, review_round):
        return settled
    draft = _draft_of(request, review_round)
    if draft is None:
        return _to_groups(review_round)
    form = AnnounceForm(request.POST if request.method == "POST" else None)
    replacement = replacement_of(draft)
    if request.method == "POST" and form.is_valid():
        version, _dash, replaces = form.cleaned_data["seen"].partition("-")
        return _use(
            request,
            review_round,
            replacement.groups,
            # Groups that were moved since, on another page, were not shown either.
            replaces=replaces if version == str(draft.version) else "not shown",
        )
    seen = f"{draft.version}-{announcement_fingerprint(review_round)}"
    return render(
        request,
        "peerreview/groups_use.html",
        {
            "round": review_round,
            "replacement": replacement,
            "form": AnnounceForm(initial={"seen": seen}),
        },
    )


# Drawing ----------------------------------------------------------------------------------


def _draw(request, review_round, draft, *, wishes=None, places=None, has_changed=False):
    known = known_of(review_round)
    wishes = wishes or WishesForm(review_round, draft)
    context = {
        "round": review_round,
        "form": wishes,
        "known": known,
        "cluster_count": len(known.reviews),
        "takes_long": len(known.reviews) > MOST_WITH_LISTS,
        "draft": draft,
    }
    if draft:
        worth = worth_of(draft, known)
        places = places or PlacesForm(worth, known)
        context |= _parts(known, worth, places)
        context |= {"places": places, "forms": [places]}
    errors = [
        _(
            "You moved clusters on another page meanwhile. Nothing of this page is kept yet."
        )
    ]
    has_errors = bool(wishes.errors or (places is not None and places.errors))
    return render(
        request,
        "peerreview/groups_suggest.html",
        context | {"errors": errors if has_changed else []},
        status=CONFLICT if has_changed else 422 if has_errors else 200,
    )


def _parts(known, worth, places):
    """The groups with their clusters, reasons and warnings, and what moving by hand did."""
    words = Words(known)
    candidates = {candidate.key: candidate for candidate in known.candidates}

    def clusters(codes):
        return [
            ClusterPart(
                review=known.reviews[code],
                candidate=candidates[code],
                rurality=known.reviews[code].cluster.get_rurality_display(),
                field=places.field_of(code),
            )
            for code in codes
        ]

    groups = []
    for group in worth.groups:
        strengths = words.strengths(group.reasons)
        groups.append(
            GroupPart(
                number=group.number,
                clusters=clusters(group.codes),
                points=points(group.points),
                change=signed(group.change) if group.is_changed else "",
                is_better=group.change > 0,
                strengths=strengths[:STRENGTHS_AT_ONCE],
                more_strengths=strengths[STRENGTHS_AT_ONCE:],
                reasons=words.others(group.reasons),
                broken=[words.broken(violation) for violation in group.broken],
            )
        )
    too_small = set(worth.board_too_small)
    return {
        "worth": worth,
        "groups": groups,
        "without_group": clusters(
            code for code in worth.without_group if code not in too_small
        ),
        "board_too_small": clusters(worth.board_too_small),
        "broken_count": len(worth.broken),
        "quality": "" if worth.is_outdated else quality(worth.draft),
        "total": points(worth.now.objective),
        "total_suggested": points(worth.suggested.objective),
        "difference": signed(worth.effect.difference),
        "is_better": worth.effect.difference > 1e-6,
        "is_worse": worth.effect.difference < -1e-6,
        "newly_broken": [words.broken(each) for each in worth.effect.broken],
        "mended": [words.broken(each) for each in worth.effect.mended],
        "parts": part_rows(worth),
    }
