"""The start page, which gathers from all apps, and the pages of prose."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.models import Action, Cycle, Extension, SelfReflection, StateChange
from assessments.selectors import load_sheets
from assessments.selectors.actions import counts_of, due_soon
from assessments.views.outline import next_line, outline
from frameworks.models import Edition
from frameworks.text_queries import Left, changes_by_edition, left_by_edition
from organisations.models import CLUSTER_ROLES, AuditEvent, Cluster, Role
from organisations.permissions import Permission, holds
from peerreview.selectors.rounds import tasks_of as review_tasks_of
from reporting.models import Learned

PAGES = ("about", "accessibility", "privacy", "cookies")
LATEST_CHANGES = 10
MOST_WAITING = 5


@dataclass(frozen=True)
class ClusterTask:
    """One cluster's self-reflection in the current cycle, and what can be done about it."""

    reflection: SelfReflection
    sheet: object
    next_line: object  # of the contents: the first page that still needs something
    may_submit: bool

    @property
    def total(self):
        return self.sheet.total

    @property
    def left(self):
        return self.total - self.reflection.answered_count


@dataclass(frozen=True)
class BoardTask:
    """How far the clusters of a board, or of Wales, are in the current cycle."""

    cycle: Cycle
    name: str
    url: str
    counts: list[tuple[str, int]]
    total: int
    looks_at_submissions: bool  # as a board's officer does
    waiting_count: int  # submitted, and nobody has begun to look at them
    waiting: list[SelfReflection]  # a few of them
    without_lead: list[Cluster]  # a few; nobody there could submit

    @property
    def more_waiting(self):
        return self.waiting_count - len(self.waiting)


@dataclass(frozen=True)
class ActionsLine:
    """How many actions of a person, a cluster, a board or Wales are open, and what is pressing."""

    whose: str  # "mine", "cluster", "board" or "wales"
    url: str
    open: int
    overdue: int
    name: str
    escalated: int = 0  # to that board, or nationally
    escalated_url: str = ""


@dataclass(frozen=True)
class ActionTask:
    """The open actions that concern a person: one's own, one's clusters' and boards'."""

    lines: list[ActionsLine]
    due: list  # a few of one's own: overdue, or due soon


@dataclass(frozen=True)
class News:
    """One thing that has happened to a self-reflection since."""

    reflection: SelfReflection
    what: str
    at: object


@dataclass(frozen=True)
class TranslationTask:
    """An edition in which texts can be written, how far it is, and what others did since."""

    edition: Edition
    left: Left
    changed_count: int  # texts and other things of it that others changed since


@dataclass
class Start:
    """What the start page shows a person."""

    cycles: list[Cycle] = field(default_factory=list)  # open, the first to close first
    clusters: list[ClusterTask] = field(default_factory=list)
    boards: list[BoardTask] = field(default_factory=list)
    actions: ActionTask | None = None  # where any are open
    changes: list[News] = field(default_factory=list)
    reviews: object = None  # a peerreview.selectors.rounds.Mine, of rounds that run
    since: object = None
    keeps_cycles: bool = False
    translates: bool = False
    translations: list[TranslationTask] = field(default_factory=list)
    administers: bool = False
    learned: Learned | None = None  # the year's page that was published last
    edits_learned: bool = False

    @property
    def cycle(self):
        return self.cycles[0] if self.cycles else None

    @property
    def other_cycles(self):
        return self.cycles[1:]

    @property
    def changed_translations(self):
        return [task for task in self.translations if task.changed_count]

    @property
    def extended(self):
        """One's self-reflections whose time ends later than the cycle's."""
        return [
            task.reflection for task in self.clusters if task.reflection.extended_to
        ]

    @property
    def needs_the_cycles_hour(self):
        """Whether it concerns this person: for each of their clusters, their own may count."""
        return (
            not self.clusters
            or bool(self.boards)
            or len(self.extended) < len(self.clusters)
        )


@login_not_required
def choose_language(request):
    """Both languages side by side; whoever is signed in goes on in theirs."""
    if request.user.is_authenticated and request.user.language:
        return redirect(f"/{request.user.language}/")
    return render(request, "choose_language.html")


@login_not_required
def page(request, name):
    """A page of prose, written whole in each language."""
    return render(request, f"pages/{name}_{get_language()}.html")


def home(request):
    """What do I have to do, by when, and what has happened since I was last here?"""
    return render(request, "home.html", {"start": start_of(request.user)})


def start_of(user):
    start = Start(
        keeps_cycles=holds(user, Permission.MANAGE_CYCLES),
        administers=holds(user, Permission.ADMINISTER),
        learned=Learned.objects.visible_to(user).published().first(),
        edits_learned=holds(user, Permission.EDIT_LEARNED),
    )
    start.cycles = list(Cycle.objects.current().select_related("edition"))
    for (
        cycle
    ) in start.cycles:  # one as a rule; two where the next begins before one is closed
        start.clusters += _cluster_tasks(cycle, user)
        start.boards += _board_tasks(cycle, user)
    start.actions = _action_task(user)
    start.reviews = review_tasks_of(user, closed=False)
    previous = AuditEvent.objects.filter(
        by=user, kind=AuditEvent.Kind.SIGNED_IN
    ).values_list("at", flat=True)[1:2]
    start.since = next(iter(previous), None)
    start.changes = _news(user, start.since)
    if user.has_role(Role.TRANSLATOR):
        start.translates = True
        start.translations = _translation_tasks(user, start.since)
    return start


def _action_task(user):
    """One query; another where some are the person's own. None for whoever has no part in any."""
    if not user.has_role(
        *CLUSTER_ROLES, Role.HEALTH_BOARD_OFFICER, Role.NATIONAL_OFFICER
    ):
        return None
    counts = counts_of(user)
    if not counts:
        return None
    mine = sum(count.mine for count in counts)
    lines = [*_clusters_actions(user, counts), *_boards_actions(user, counts)]
    if mine:
        overdue = sum(count.mine_overdue for count in counts)
        name = pgettext("actions", "Your own")
        lines.insert(0, ActionsLine("mine", _actions_url(mine=1), mine, overdue, name))
    return ActionTask(lines=lines, due=due_soon(user) if mine else [])


def _actions_url(**filters):
    url = reverse("actions:action_list")
    return f"{url}?{urlencode(filters)}" if filters else url


def _clusters_actions(user, counts):
    """Of the clusters where ``user`` works, in the alphabet of the page's language."""
    clusters = {
        membership.cluster_id: membership.cluster
        for membership in user.current_memberships
        if membership.role in CLUSTER_ROLES
    }
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    return [
        ActionsLine(
            "cluster",
            _actions_url(cluster=clusters[count.cluster_id].code),
            count.open,
            count.overdue,
            clusters[count.cluster_id].name,
        )
        for count in sorted(
            (count for count in counts if count.cluster_id in clusters),
            key=lambda count: getattr(clusters[count.cluster_id], sort),
        )
    ]


def _boards_actions(user, counts):
    """Of the boards whose officer ``user`` is, and of Wales for a national officer."""
    lines = []
    for membership in user.current_memberships:
        if membership.role == Role.HEALTH_BOARD_OFFICER:
            board = membership.health_board
            of_it = [count for count in counts if count.health_board_id == board.pk]
            here = {"board": board.code}
            lines.append(
                _board_line(
                    "board",
                    of_it,
                    here,
                    Action.Escalation.HEALTH_BOARD,
                    escalated=sum(count.to_the_board for count in of_it),
                    name=board.name,
                )
            )
    if user.has_role(Role.NATIONAL_OFFICER):
        lines.append(
            _board_line(
                "wales",
                counts,
                {},
                Action.Escalation.NATIONAL,
                escalated=sum(count.nationally for count in counts),
                name=_("Wales"),
            )
        )
    return [line for line in lines if line.open]


def _board_line(whose, counts, here, step, *, escalated, name):
    return ActionsLine(
        whose,
        _actions_url(**here),
        sum(count.open for count in counts),
        sum(count.overdue for count in counts),
        name,
        escalated,
        _actions_url(**here, escalated_to=step.value),
    )


def _translation_tasks(user, since):
    """The drafts, and what is published and still has something left: a few queries in all."""
    editions = Edition.objects.exclude(status=Edition.Status.RETIRED)
    left = left_by_edition(editions)
    changed = changes_by_edition(editions, without=user, since=since)
    return [
        TranslationTask(edition, left[edition.pk], changed[edition.pk])
        for edition in sorted(editions, key=lambda one: not one.is_draft)
        if edition.is_draft or left[edition.pk].is_something_left
    ]


def _news(user, since):
    """What others did to the self-reflections that ``user`` may see, the latest first."""
    changes = StateChange.objects.filter(
        reflection__in=SelfReflection.objects.visible_to(user)
    ).exclude(by=user)
    extensions = Extension.objects.visible_to(user).exclude(granted_by=user)
    if since:
        changes = changes.filter(at__gt=since)
        extensions = extensions.filter(granted_at__gt=since)
    of_what = "reflection__cluster", "reflection__cycle"
    changes = changes.select_related(*of_what).order_by("-at", "-pk")
    extensions = extensions.select_related(*of_what).order_by("-granted_at", "-pk")
    news = [
        *(
            News(change.reflection, change.get_kind_display(), change.at)
            for change in changes[:LATEST_CHANGES]
        ),
        *(
            News(extension.reflection, _("more time given"), extension.granted_at)
            for extension in extensions[:LATEST_CHANGES]
        ),
    ]
    return sorted(news, key=lambda one: one.at, reverse=True)[:LATEST_CHANGES]


def _cluster_tasks(cycle, user):
    cluster_ids = user.cluster_ids(*CLUSTER_ROLES)
    if not cluster_ids:
        return []
    reflections = (
        SelfReflection.objects.visible_to(user)
        .filter(cycle=cycle, cluster__in=cluster_ids)
        .with_shown_state()
        .with_answered_count()
        .select_related("cluster__health_board", "cycle")
        .prefetch_related("extensions")
        .order_by("cluster__sort_cy" if get_language() == "cy" else "cluster__sort_en")
    )
    reflections = list(reflections)
    sheets = load_sheets(cycle.edition, reflections)
    return [
        ClusterTask(
            reflection=reflection,
            sheet=sheet,
            next_line=next_line(outline(reflection, sheet)),
            may_submit=holds(user, Permission.SUBMIT_REFLECTION, reflection),
        )
        for reflection, sheet in zip(reflections, sheets, strict=True)
    ]


def _board_tasks(cycle, user):
    states = SelfReflection.objects.visible_to(user).filter(cycle=cycle)
    tasks = [
        _board_task(
            states.filter(cluster__health_board=membership.health_board),
            cycle=cycle,
            name=membership.health_board.name,
            url=reverse(
                "reporting:board", args=[cycle.code, membership.health_board.code]
            ),
            looks_at_submissions=True,
            board=membership.health_board,
        )
        for membership in user.current_memberships
        if membership.role == Role.HEALTH_BOARD_OFFICER
    ]
    if user.has_role(Role.NATIONAL_OFFICER):
        url = reverse("reporting:national", args=[cycle.code])
        tasks.append(
            _board_task(
                states, cycle=cycle, name="", url=url, looks_at_submissions=False
            )
        )
    return tasks


def _board_task(reflections, *, cycle, name, url, looks_at_submissions, board=None):
    counted = dict(
        reflections.order_by().values_list("state").annotate(count=Count("pk"))
    )
    return BoardTask(
        cycle=cycle,
        name=name,
        url=url,
        counts=[
            (state.value, counted[state])
            for state in SelfReflection.State
            if state in counted
        ],
        total=sum(counted.values()),
        looks_at_submissions=looks_at_submissions,
        waiting_count=counted.get(SelfReflection.State.SUBMITTED, 0),
        waiting=_waiting(reflections) if looks_at_submissions else [],
        without_lead=_without_lead(board) if board else [],
    )


def _without_lead(board):
    """A few clusters of ``board`` that nobody leads, by name: its officer can invite somebody."""
    clusters = board.clusters.open_on(timezone.localdate()).without_lead()
    return list(clusters.in_name_order()[:MOST_WAITING])


def _waiting(reflections):
    """The submitted self-reflections that wait to be looked at longest."""
    return list(
        reflections.filter(state=SelfReflection.State.SUBMITTED)
        .annotate(submitted_at=Max("submissions__submitted_at"))
        .select_related("cluster", "cycle")
        .order_by("submitted_at", "pk")[:MOST_WAITING]
    )
