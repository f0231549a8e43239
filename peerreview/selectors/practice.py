"""The library of good practice: finding entries, and what one of its pages shows."""

from dataclasses import dataclass, field

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import get_language

from assessments.models import AgreedLevel
from cdf_site.common.folding import fold
from cdf_site.common.welsh import english_key, welsh_key
from frameworks.models import Outcome
from organisations.models import (
    LEAD_ROLES,
    FormerName,
    HealthBoard,
    Membership,
    Role,
    Succession,
    User,
)
from peerreview.models import ContactRequest, GoodPractice
from peerreview.selectors.wording import read_each_over

WITHOUT_LEVEL = "none"
MOST_WORDS = 10  # of a search


@dataclass(frozen=True)
class Search:
    """What somebody looks for in the library."""

    outcome: str = ""  # its module's code and its number
    level: str = ""
    board: str = ""
    words: str = ""

    @property
    def is_narrowed(self):
        return any((self.outcome, self.level, self.board, self.words))

    def asked(self):
        """As the address says it."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Choices:
    """By what the library can be narrowed: only what there are entries of."""

    outcomes: list[tuple[str, str]]
    levels: list
    boards: list[tuple[str, str]]


@dataclass
class EntryPage:
    """What an entry's page shows to one of its readers."""

    practice: GoodPractice
    cluster_name: str
    contacts: list[User]  # the contact; or, in their place, who leads the cluster
    contact_is_there: bool
    successors: list = field(default_factory=list)
    requests: list[ContactRequest] = field(default_factory=list)
    own_request: ContactRequest | None = None


def named_then(practices):
    """Say what the cluster of each was called when it consented, in this language."""
    former = FormerName.objects.at(
        OuterRef("consented_at"), cluster=OuterRef("cluster")
    )
    language = "cy" if get_language() == "cy" else "en"
    return practices.annotate(then=Subquery(former.values(f"name_{language}")))


def name_then(practice):
    return practice.then or practice.cluster.name


def entries(reader, search):
    """What ``reader`` finds: by outcome, the highest level first, then clusters by name."""
    language = "cy" if get_language() == "cy" else "en"
    found = GoodPractice.objects.visible_to(reader).shared()
    module, _hyphen, number = search.outcome.rpartition("-")
    if module and number.isascii() and number.isdigit() and len(number) < 5:
        found = found.filter(outcome__module__code=module, outcome__number=int(number))
    if search.level == WITHOUT_LEVEL:
        found = found.filter(level=None)
    elif search.level in {"0", "1", "2", "3"}:
        found = found.filter(level=int(search.level))
    if search.board:
        found = found.filter(cluster__health_board__code=search.board)
    for word in fold(search.words).split()[:MOST_WORDS]:
        found = found.filter(
            Q(title__folded=word)
            | Q(text__folded=word)
            | Q(cluster__name_cy__folded=word)
            | Q(cluster__name_en__folded=word)
        )
    return (
        named_then(found)
        .select_related("outcome__module__edition", "cluster__health_board")
        .order_by(
            "outcome__module__number",
            "outcome__number",
            F("level").desc(nulls_last=True),
            f"cluster__sort_{language}",
            "-consented_at",
            "pk",
        )
    )


def withdrawn(reader):
    """What ``reader``'s clusters shared and withdrew, the latest first: one query."""
    return list(
        GoodPractice.objects.visible_to(reader)
        .filter(withdrawn_at__isnull=False)
        .order_by("-withdrawn_at", "-pk")
    )


def choices(reader):
    """One query each for outcomes, levels and boards, however many entries there are.

    An outcome that several editions have is named as the latest of them names it.
    """
    found = GoodPractice.objects.visible_to(reader).shared().order_by()
    by_place = {
        (outcome.module.number, outcome.number): outcome
        for outcome in Outcome.objects.filter(pk__in=found.values("outcome"))
        .select_related("module__edition")
        .order_by("module__edition", "pk")
    }
    outcomes = [by_place[place] for place in sorted(by_place)]
    read_each_over(outcomes)
    levels = found.exclude(level=None).values_list("level", flat=True).distinct()
    boards = HealthBoard.objects.filter(
        pk__in=found.values("cluster__health_board")
    ).in_name_order()
    return Choices(
        outcomes=[
            (
                f"{outcome.module.code}-{outcome.number}",
                f"{outcome.module.abbreviation} {outcome}",
            )
            for outcome in outcomes
        ],
        levels=sorted(levels),
        boards=[(board.code, board.name) for board in boards],
    )


def level_then(annotation, outcome):
    """The level that was agreed of the cluster in ``outcome``, or None.

    Other clusters read the library, and see levels only once they were agreed.
    """
    return (
        AgreedLevel.objects.filter(
            submitted_outcome__outcome=outcome,
            submitted_outcome__submission__reflection=annotation.review.reflection_id,
        )
        .order_by("-submitted_outcome__submission__number")
        .values_list("level", flat=True)
        .first()
    )


def people_to_name(cluster_ids):
    """Who works in one of the clusters today and can sign in, each once, in name order."""
    memberships = (
        Membership.objects.current()
        .filter(cluster__in=cluster_ids, user__is_active=True)
        .select_related("user")
    )
    return _in_name_order({each.user_id: each.user for each in memberships}.values())


def leads_of(cluster_ids):
    """Who leads one of the clusters today; where nobody does, who stands in."""
    memberships = list(
        Membership.objects.current()
        .filter(cluster__in=cluster_ids, role__in=LEAD_ROLES, user__is_active=True)
        .select_related("user")
    )
    leading = [each for each in memberships if each.role == Role.CLUSTER_LEAD]
    return _in_name_order(
        {each.user_id: each.user for each in leading or memberships}.values()
    )


def _in_name_order(people):
    key = welsh_key if get_language() == "cy" else english_key
    return sorted(people, key=lambda user: (key(str(user)), user.pk))


def keeping_clusters(cluster_id):
    """The cluster, or those that carry on for it once it has been followed; and these."""
    successors = [
        succession.successor
        for succession in Succession.objects.in_effect()
        .filter(predecessor=cluster_id)
        .select_related("successor")
    ]
    return {cluster_id, *(cluster.pk for cluster in successors)}, successors


def contacts_of(practice):
    """Whom to talk to about an entry, and whether that is the contact who was named.

    A contact who left the cluster or cannot sign in is stood in for by whoever leads it, or what
    follows it.
    """
    cluster_ids, successors = keeping_clusters(practice.cluster_id)
    if practice.contact in people_to_name(cluster_ids):
        return [practice.contact], True, successors
    return leads_of(cluster_ids), False, successors


def entry_page(practice, *, reader, sees_requests):
    """Eight queries at most, however many requests there are."""
    contacts, contact_is_there, successors = contacts_of(practice)
    asked = (
        ContactRequest.objects.visible_to(reader)
        .filter(good_practice=practice)
        .select_related("by")
    )
    return EntryPage(
        practice=practice,
        cluster_name=name_then(practice),
        contacts=contacts,
        contact_is_there=contact_is_there,
        successors=[each.name for each in successors],
        requests=list(asked.order_by("-asked_at", "-pk")[:100])
        if sees_requests(contacts)
        else [],
        own_request=asked.filter(by=reader).first(),
    )
