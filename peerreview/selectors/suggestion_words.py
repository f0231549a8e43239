"""What is said of suggested groups, in the reader's language: names stand after the sentences."""

import math
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from organisations.models import Rurality
from peerreview.grouping import scoring
from peerreview.grouping.reasons import (
    BOARDS,
    LANGUAGE,
    MET_BEFORE,
    NEW_PARTNERS,
    NOBODY_TO_LEARN_FROM,
    POPULATION,
    RURALITY,
    STRENGTHS,
)
from peerreview.models import ClusterReview

SIMILAR = 1.5  # times as many people, at most


@dataclass(frozen=True)
class Saying:
    """A sentence, and what it is about: names or figures that stand after it."""

    text: str
    about: str = ""


class Words:
    """Sentences about clusters that are ``known`` (selectors.suggestions.Known)."""

    def __init__(self, known):
        self.known = known
        self.order = {code: place for place, code in enumerate(known.reviews)}
        self.boards = {
            review.cluster.health_board.code: review.cluster.health_board
            for review in known.reviews.values()
        }

    def names(self, codes):
        """Names of clusters, in the alphabet."""
        ordered = sorted(codes, key=self.order.get)
        return ", ".join(self.known.reviews[code].cluster.name for code in ordered)

    def strengths(self, reasons):
        """For each outcome: its heading, who is ahead, and who wants to grow."""
        found = []
        for reason in reasons:
            if reason.kind != STRENGTHS:
                continue
            facts = reason.facts
            outcome = self.known.outcomes[facts["outcome"]]
            heading = f"{outcome.module.abbreviation} {outcome.number}. {outcome.title}"
            ahead = (
                _("Mature")
                if facts["level"] == scoring.MATURE
                else _("Further on, at level 2")
            )
            found.append(
                (
                    heading,
                    [
                        Saying(ahead, self.names(facts["has"])),
                        Saying(_("Want to grow"), self.names(facts["wants"])),
                    ],
                )
            )
        return found

    def others(self, reasons):
        """Every other reason, as a sentence."""
        return [
            saying
            for reason in reasons
            if reason.kind != STRENGTHS
            for saying in SENTENCES[reason.kind](self, reason.facts)
        ]

    def _nobody_to_learn_from(self, facts):
        text = _("Want to grow, and nobody in the group is ahead of them where they do")
        yield Saying(text, self.names(facts["keys"]))

    def _boards(self, facts):
        names = ", ".join(self.boards[code].name for code in facts["boards"])
        text = (
            _("All are of one health board")
            if facts["count"] == 1
            else _("They are of several health boards")
        )
        yield Saying(text, names)

    def _population(self, facts):
        smallest, largest = facts["smallest"], facts["largest"]
        text = (
            _("They are of similar population")
            if largest < SIMILAR * smallest
            else _("Their populations differ")
        )
        yield Saying(text, f"{figure(smallest)} – {figure(largest)}")
        yield from _unknown(_("Population known of"), facts)

    def _rurality(self, facts):
        labels = [str(Rurality(value).label) for value in facts["values"]]
        text = (
            _("They are alike in being urban or rural")
            if len(labels) == 1
            else _("They differ in being urban or rural")
        )
        yield Saying(text, "; ".join(labels))
        yield from _unknown(_("Urban or rural is known of"), facts)

    def _new_partners(self, facts):
        yield Saying(_("Nobody meets a partner of the last cycle again"))

    def _met_before(self, facts):
        text = _("They were partners in the last cycle already")
        for pair in facts["pairs"]:
            yield Saying(text, self.names(pair))

    def _language(self, facts):
        languages = [language_name(code) for code in facts["languages"]]
        if not languages:
            return  # a broken rule, which is said as one
        text = (
            _("All can meet in this language")
            if len(languages) == 1
            else _("All can meet in either language")
        )
        yield Saying(text, ", ".join(languages) if len(languages) == 1 else "")
        yield Saying(_("Named their language"), self.names(facts["named_by"]))

    def broken(self, violation):
        """Which rule is broken, and by whom."""
        match violation.kind:
            case scoring.SIZE:
                text = _("This group does not have three to five clusters")
            case scoring.PEOPLE:
                text = _(
                    "These clusters share a person, who would review a cluster of their own"
                )
            case scoring.LANGUAGE:
                text = _("These clusters have no language in which all of them meet")
            case scoring.BOARDS:
                text = _(
                    "These clusters are of different health boards, which was not asked for"
                )
            case scoring.IN_SEVERAL_GROUPS:
                text = _("This cluster is in more than one group")
            case _:
                text = _("This cluster is in no group")
        return Saying(text, self.names(violation.keys))


def _unknown(text, facts):
    if facts["known"] < facts["of"]:
        counts = _("%(known)s of %(total)s") % {
            "known": facts["known"],
            "total": facts["of"],
        }
        yield Saying(text, counts)


SENTENCES = {
    NOBODY_TO_LEARN_FROM: Words._nobody_to_learn_from,
    BOARDS: Words._boards,
    POPULATION: Words._population,
    RURALITY: Words._rurality,
    LANGUAGE: Words._language,
    NEW_PARTNERS: Words._new_partners,
    MET_BEFORE: Words._met_before,
}

PARTS = {
    scoring.LEARNING: lambda: _("What clusters can learn from each other"),
    scoring.OTHER_BOARD: lambda: _("Different health boards"),
    scoring.SIMILAR_POPULATION: lambda: _("Similar population"),
    scoring.SIMILAR_RURALITY: lambda: _("Alike in being urban or rural"),
    scoring.SHARED_LANGUAGE: lambda: _("Language of the meeting"),
    scoring.PARTNERS_AGAIN: lambda: _("Partners of the last cycle again"),
    scoring.NO_TEACHER: lambda: _("Nobody to learn from"),
}


@dataclass(frozen=True)
class PartRow:
    """For what points are, before and now."""

    label: str
    before: str
    now: str
    change: str
    is_worse: bool
    is_better: bool


def part_rows(worth):
    """The points by what they are for, and in all; only what is worth something, before or now."""
    rows = [
        _part_row(label(), worth.parts_suggested[part], worth.parts_now[part])
        for part, label in PARTS.items()
        if round(worth.parts_suggested[part]) or round(worth.parts_now[part])
    ]
    total = _part_row(
        pgettext("points", "In all"),
        worth.suggested.objective,
        worth.now.objective,
    )
    return [*rows, total]


def _part_row(label, before, now):
    change = round(now - before)
    return PartRow(
        label=label,
        before=points(before),
        now=points(now),
        change=signed(now - before),
        is_worse=change < 0,
        is_better=change > 0,
    )


def figure(number):
    return number_format(number, decimal_pos=0, force_grouping=True)


def points(value):
    """Whole points, with a minus sign as typographers write it."""
    whole = round(value)
    return f"{'−' if whole < 0 else ''}{figure(abs(whole))}"


def signed(value):
    whole = round(value)
    return f"+{figure(whole)}" if whole > 0 else points(whole)


def language_name(code):
    return str(ClusterReview.MeetsIn(code).label)


def quality(draft):
    """How good the suggestion is, in plain words: what no other grouping could exceed."""
    if draft.was_cut_short:
        return _(
            "The time ran out before the suggestion was finished. Suggest again when the service "
            "is less busy: it may become better."
        )
    if not draft.bound:
        return ""
    gap = (draft.bound - draft.objective) / abs(draft.bound) * 100
    if gap <= 1e-6:
        return _(
            "This is the best there is: no other groups of these sizes that break as few rules "
            "are worth more points."
        )
    percent = number_format(math.ceil(gap * 10) / 10, decimal_pos=1)
    return "{}: {}%. {}".format(
        _("As good as can be reached, to within this much"),
        percent,
        _(
            "No other groups of these sizes that break as few rules are worth more than that."
        ),
    )
