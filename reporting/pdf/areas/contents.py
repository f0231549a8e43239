"""What stands in the summary of an area, in the order of its parts."""

from dataclasses import replace
from itertools import count

from django.template.defaultfilters import truncatewords
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import NeedTag
from peerreview.selectors.practice import name_then
from reporting.actions import ALL, ESCALATED, OPEN, OVERDUE
from reporting.commentary import WHOLE_PAGE
from reporting.exhibits import EXHIBITS
from reporting.exhibits.distribution import name_of
from reporting.good_practice import load_good_practice
from reporting.heat_map import A_PAGE, HeatMap
from reporting.pdf.areas import indicators
from reporting.pdf.areas.levels import by_board, together
from reporting.pdf.areas.shapes import (
    HEADINGS,
    AreaDocument,
    Figures,
    HeatTable,
    Practice,
    Section,
)
from reporting.pdf.exhibits import level_of, note_on, picture_of
from reporting.pdf.heat_cells import heat_maps_of
from reporting.pdf.shapes import Answer, readable
from reporting.scopes import BOARD, EVERYWHERE, WALES

MOST_WORDS = 150  # of an entry of good practice
# Columns that a page has room for and paper has not: what they say stands in the picture, or in
# the cluster's own pages.
WITHOUT = {
    "distribution": {"levels", "clusters"},
    "journey": {"edition"},
    "levels_together": {"clusters"},
    "actions": {"readable", "clusters"},
    "action_list": {"cycle", "is_overdue", "closed_on", "what_changed"},
}
# Those that say the same in every row.
OF_A_LIST = {ESCALATED: {"status"}, OVERDUE: {"escalated_to"}}


def area_document(page, language, dated):
    """The summary of the scope of ``page`` in ``language``, which is active."""
    return _Contents(page, language).document(dated)


class _Contents:
    """Loads the parts one by one, and numbers their exhibits through."""

    def __init__(self, page, language):
        self.page = page
        self.language = language
        self.numbers = count(1)

    def document(self, dated):
        page = self.page
        brief = self.figures(together(page))
        levels = self.levels()
        over_time = self.of("journey") if page.scope == EVERYWHERE else []
        measured = indicators.load_measured(page)
        practice, practice_count = load_good_practice(page)
        sections = [
            Section("brief", _("In brief"), brief, begins_page=True),
            Section("levels", _("Levels"), levels, begins_page=True),
            Section("over-time", _("Over time"), over_time, begins_page=True),
            self.variation(measured),
            self.good_practice(practice, practice_count),
            Section("needs", _("Who needs help"), self.of("needs"), begins_page=True),
            Section("actions", pgettext("undertaken", "Actions"), self.actions()),
        ]
        return AreaDocument(
            language=self.language,
            page=page,
            heading=str(HEADINGS[page.scope.kind]),
            subject=readable(page.scope.name),
            cycle=readable(page.cycle.name),
            dated=date_format(dated, "j F Y"),
            facts=_facts(page, measured, practice_count),
            sections=[
                each
                for each in sections
                if each.exhibits or each.practice or each.name == "brief"
            ],
            commentary=note_on(page, WHOLE_PAGE, self.language),
        )

    def figures(self, *exhibits, says=(), without=frozenset()):
        """The exhibits that there are of ``exhibits``, numbered; the sentences before the first."""
        found = []
        for exhibit in exhibits:
            if exhibit:
                picture = picture_of(
                    self.page,
                    replace(exhibit, number=next(self.numbers)),
                    self.language,
                    without=self.without(exhibit.key) | without,
                )
                found.append(Figures(picture, [] if found else list(says)))
        return found

    def without(self, key):
        """The columns that are left out of an exhibit."""
        found, kind = WITHOUT.get(key, set()), self.page.scope.kind
        if key == "action_list" and kind == BOARD:
            found = found | {"health_board"}
        if key == "distribution" and kind == WALES:
            found = found | {"area"}
        if (
            key == "journey"
            and len({each.edition_id for each in self.page.cycles}) == 1
        ):
            found = found | {"earlier_outcome"}
        return found

    def of(self, *keys):
        return self.figures(*(EXHIBITS[key](self.page) for key in keys))

    def levels(self):
        """By outcome, and then cluster by cluster, or board by board where there are many."""
        page = self.page
        found = self.of("distribution")
        note = note_on(page, HeatMap.key, self.language)
        if page.scope == EVERYWHERE or page.coverage.total > A_PAGE:
            return [*found, by_board(page, next(self.numbers), note)]
        heat_maps = heat_maps_of(page)
        return found + [
            HeatTable(
                number=next(self.numbers),
                title=f"{_('Clusters and outcomes')}: {heat_map.module.title}",
                heat_map=heat_map,
                commentary=None if place else note,
            )
            for place, heat_map in enumerate(heat_maps)
        ]

    def variation(self, measured):
        exhibits, telling = [], indicators.most_telling(measured)
        if measured:
            exhibits = self.figures(indicators.at_a_glance(self.page, measured))
        for each in telling:
            pictures = indicators.pictures_of(each, is_first=each is telling[0])
            exhibits += self.figures(*pictures, says=each.says)
        return Section(
            "variation",
            _("Variation"),
            exhibits,
            says=indicators.about_limits(telling),
            begins_page=True,
        )

    def good_practice(self, chosen, total):
        says = []
        if total > len(chosen):
            says = [
                _(
                    "Shown here: %(count)s of %(total)s, the newest of each health board first. The others are in the library of good practice."
                )
                % {"count": len(chosen), "total": total}
            ]
        return Section(
            "practice",
            _("Good practice"),
            says=says,
            practice=[self.practice(each) for each in chosen],
        )

    def practice(self, practice):
        text = truncatewords(readable(practice.text).strip(), MOST_WORDS)
        return Practice(
            cluster=readable(name_then(practice)),
            board=readable(practice.cluster.health_board.name),
            outcome=readable(name_of(practice.outcome)),
            level=level_of(practice.level),
            title=readable(practice.title),
            words=Answer(
                text=text,
                language=practice.language,
                is_foreign=practice.language != self.language,
            ),
            shared_on=date_format(timezone.localtime(practice.consented_at), "j F Y"),
        )

    def actions(self):
        """How far they are, to whom they were escalated, and those themselves that wait for somebody."""
        found = self.of("actions")
        lists = self.page.action_counts.lists
        if lists[ESCALATED]:
            found += self.of("actions_escalated")
        for name in OF_A_LIST:
            if lists[name]:
                asked = self.page.asking(list=name)
                listed = EXHIBITS["action_list"](asked)
                says = _not_all(len(listed.table.rows), lists[name])
                found += self.figures(listed, says=says, without=OF_A_LIST[name])
        return found


def _not_all(shown, total):
    if shown == total:
        return []
    return [
        _("Shown here: %(count)s of %(total)s. The dashboard lists the others.")
        % {"count": shown, "total": total}
    ]


# In brief -----------------------------------------------------------------------------


def _facts(page, measured, practice_count):
    """Pairs of what is counted and how many; what is not known is left out."""
    tally, lists = page.tally, page.action_counts.lists
    facts = [
        (_("Clusters that take part"), str(tally.total)),
        (
            _("Clusters that have submitted")
            if page.reads_all
            else _("Submitted, of those that whoever made this document can read"),
            _of(tally.submitted, tally.readable),
        ),
        (_("Clusters with agreed levels"), _of(tally.agreed, tally.total)),
        *_furthest(page),
    ]
    telling = [each for each in measured if each.limits_say_something]
    if telling:
        beyond = sum(bool(each.beyond) for each in telling)
        facts.append(
            (
                _("Indicators with areas beyond the limits of 95%"),
                _of(beyond, len(telling)),
            )
        )
    for kind, label in (
        (NeedTag.Kind.BARRIER, _("Most common barrier")),
        (NeedTag.Kind.SUPPORT, _("Most common support need")),
    ):
        found = page.needs.of_kind(kind, page.needs.anywhere)
        if found:
            tag, chosen = found[0]
            facts.append((label, f"{tag.name}: {_of(chosen, page.needs.counted)}"))
    facts.append((_("Good practice shared"), str(practice_count)))
    if page.coverage.readable or lists[ALL]:
        facts += [
            (_("Open actions"), str(lists[OPEN])),
            (_("Overdue actions"), str(lists[OVERDUE])),
            (_("Escalated actions"), str(lists[ESCALATED])),
        ]
    return facts


def _of(number, total):
    return _("%(count)s of %(total)s") % {"count": number, "total": total}


def _furthest(page):
    """The outcomes with most and with fewest clusters at level 2 or 3."""
    outcomes = page.layout.with_levels
    if not (outcomes and page.counted):
        return []
    far = [
        (page.levels(place)[2] + page.levels(place)[3], outcome)
        for place, outcome in outcomes
    ]
    return [
        (label, f"{name_of(outcome)}: {_of(number, page.counted)}")
        for label, (number, outcome) in (
            (_("Most clusters at level 2 or 3"), max(far, key=lambda each: each[0])),
            (_("Fewest clusters at level 2 or 3"), min(far, key=lambda each: each[0])),
        )
    ]
