"""What gets in the way of clusters and what support they need: counted over what may be read."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import Count, F, Value

from assessments.models import NeedTag, Standing, SubmittedNeed
from assessments.needs import load_tags
from frameworks.errata import read_over
from reporting.words import name_order

MOST_CLUSTERS = 20  # to a page
ANYWHERE = 0  # no outcome


@dataclass(frozen=True)
class Needs:
    """How many clusters chose each barrier and support need, somewhere and by outcome.

    ``counted`` clusters are asked: those whose submission the reader may read. ``by_outcome``
    counts by the outcome and the tag, ``anywhere`` by the tag; who chose it for several outcomes
    counts once there.
    """

    tags: list
    counted: int
    anywhere: dict = field(default_factory=dict)
    by_outcome: dict = field(default_factory=dict)

    def of_kind(self, kind, counts):
        """Pairs of a tag and how many chose it, the most common first; nobody's are left out."""
        found = [
            (tag, counts[tag.pk])
            for tag in self.tags
            if tag.kind == kind and counts.get(tag.pk)
        ]
        return sorted(found, key=lambda pair: -pair[1])

    def of_outcome(self, outcome):
        return {
            tag: count
            for (of_outcome, tag), count in self.by_outcome.items()
            if of_outcome == outcome.pk
        }


def submitted_needs(page):
    """What was chosen in the newest submissions of ``page`` that its reader may read."""
    return (
        SubmittedNeed.objects.visible_to(page.user)
        .of_latest()
        .filter(
            page.scope.of_clusters("submission__reflection__cluster__"),
            submission__reflection__cycle=page.cycle,
        )
    )


def load_needs_of(page):
    """The counts for ``page``: two queries, however many clusters there are."""
    rows = submitted_needs(page).order_by()
    clusters = Count("submission", distinct=True)
    anywhere = rows.values("tag").annotate(of=Value(ANYWHERE), clusters=clusters)
    by_outcome = rows.filter(outcome__isnull=False).values("tag")
    by_outcome = by_outcome.annotate(of=F("outcome"), clusters=clusters)
    counts = list(
        anywhere.values_list("of", "tag", "clusters").union(
            by_outcome.values_list("of", "tag", "clusters"), all=True
        )
    )
    return Needs(
        tags=load_tags(),
        counted=page.coverage.submitted,
        anywhere={tag: count for of, tag, count in counts if of == ANYWHERE},
        by_outcome={(of, tag): count for of, tag, count in counts if of != ANYWHERE},
    )


@dataclass(frozen=True)
class Chooser:
    """A cluster that chose a barrier or support need, and where: None is the whole."""

    submission: object
    outcomes: list


def load_choosers(page, tag, number):
    """A page of the clusters that chose ``tag``, in their alphabet: two queries.

    For the outcome alone that the page is about, where it is about one.
    """
    outcome = page.outcome_asked_for
    chosen = submitted_needs(page).filter(tag=tag)
    counts = page.needs.anywhere
    if outcome is not None:
        chosen, counts = chosen.filter(outcome=outcome), page.needs.of_outcome(outcome)
    standings = (
        Standing.objects.filter(submission__in=chosen.values("submission"))
        .select_related(
            "submission__reflection__cluster__health_board",
            "submission__reflection__cycle",
        )
        .order_by(*name_order("reflection__cluster__"))
    )
    paginator = Paginator(standings, MOST_CLUSTERS)
    paginator.count = counts.get(tag.pk, 0)  # which is known already
    found = paginator.get_page(number)
    shown = [standing.submission for standing in found.object_list]
    outcomes = defaultdict(list)
    for need in _with_outcomes(page, chosen.filter(submission__in=shown)):
        outcomes[need.submission_id].append(need.outcome)
    found.object_list = [
        Chooser(submission, outcomes[submission.pk]) for submission in shown
    ]
    return found


def needs_of_cluster(page):
    """What a single cluster chose, by kind: each tag with its outcomes; one query. Empty where it chose nothing."""
    rows = _with_outcomes(page, submitted_needs(page))
    outcomes = defaultdict(list)
    for row in rows:
        outcomes[row.tag].append(row.outcome)
    if not rows:
        return []
    tags = sorted(outcomes, key=lambda tag: (tag.number, tag.pk))
    return [
        (kind, [(tag, outcomes[tag]) for tag in tags if tag.kind == kind])
        for kind in NeedTag.Kind
    ]


def _with_outcomes(page, needs):
    """``needs`` in the order of the framework, with corrected wording: one query."""
    rows = list(
        needs.select_related("outcome__module", "tag").order_by(
            "outcome__module__number", "outcome__number"
        )
    )
    read_over(page.cycle.edition, [row.outcome for row in rows if row.outcome])
    return rows
