"""Every text of an edition, in the order of the framework, with its state in each language.

The one list of what there is to translate, to check before publishing, to export for translators
and to compare: whoever needs "all texts" asks here.
"""

from dataclasses import dataclass, field

from django.db.models import F
from django.utils.translation import gettext as _

from frameworks.models import (
    LANGUAGES,
    SETTLED,
    Criterion,
    Edition,
    Indicator,
    LogicModelEntry,
    Outcome,
    TextState,
    Translated,
)

# For administrators alone: neither translated for readers nor checked before publishing.
NOT_FOR_READERS = {"editor_note"}
# What stays editable after publishing, texts included; everything else is frozen.
OPEN_MODELS = (LogicModelEntry, Indicator)


@dataclass(frozen=True)
class FrameworkText:
    """One text: a field of something of the framework, in both languages."""

    thing: Translated
    field: str

    @property
    def key(self):
        """What names it in forms and files, as in "criterion-12-text"."""
        return f"{self.thing._meta.model_name}-{self.thing.pk}-{self.field}"

    @property
    def label(self):
        return self.thing._meta.get_field(self.field).verbose_name

    @property
    def is_short(self):
        """Whether it is a line rather than paragraphs."""
        return self.longest is not None

    @property
    def longest(self):
        """How many characters fit, or None."""
        return self.thing._meta.get_field(f"{self.field}_en").max_length

    @property
    def is_required(self):
        return not self.thing._meta.get_field(self.field).blank

    @property
    def is_open(self):
        """Whether it stays editable after publishing."""
        return isinstance(self.thing, OPEN_MODELS)

    def text(self, language):
        return self.thing.text_in(self.field, language)

    def state(self, language):
        """Its state; MISSING where a text is wanted, None where none is."""
        state = self.thing.text_state(self.field, language)
        if state is None and self.is_required:
            return TextState.MISSING
        return state

    @property
    def states(self):
        return {language: self.state(language) for language in LANGUAGES}

    def is_left(self, language):
        """Whether there is something to do before it can be published in this language."""
        return self.state(language) not in (None, *SETTLED)


@dataclass(frozen=True)
class Section:
    """The texts that are worked on together: of an edition, a module, or an outcome.

    ``code`` names the section in addresses: "edition", "module-3", "outcome-14".
    """

    subject: Translated
    texts: list[FrameworkText] = field(default_factory=list)

    @property
    def code(self):
        if isinstance(self.subject, Edition):
            return "edition"
        return f"{self.subject._meta.model_name}-{self.subject.pk}"

    @property
    def module(self):
        """The module it belongs to; None of the edition's own."""
        if isinstance(self.subject, Edition):
            return None
        if isinstance(self.subject, Outcome):
            return self.subject.module
        return self.subject

    @property
    def heading(self):
        if isinstance(self.subject, Edition):
            return _("The edition as a whole")
        return str(self.subject)

    def left(self, language):
        return [text for text in self.texts if text.is_left(language)]


def texts_of(thing):
    """The texts of one thing that readers see, the empty ones too."""
    return [
        FrameworkText(thing, name)
        for name in thing.text_fields()
        if name not in NOT_FOR_READERS
    ]


def sections_of(edition):
    """All texts of ``edition``, by section; a bounded number of queries, whatever its size."""
    sections = [_edition_section(edition)]
    modules = edition.modules.order_by("number").prefetch_related(
        "logic_model_entries",
        "outcomes__logic_model_entries",
    )
    criteria = _criteria_by_outcome(edition)
    for module in modules:
        sections.append(
            Section(module, _all_texts([module, *module.logic_model_entries.all()]))
        )
        for outcome in sorted(module.outcomes.all(), key=lambda one: one.number):
            outcome.module = module
            things = [
                outcome,
                *criteria.get(outcome.pk, []),
                *outcome.logic_model_entries.all(),
            ]
            sections.append(Section(outcome, _all_texts(things)))
    return sections


def _edition_section(edition):
    related = (
        edition.transformationprinciples,
        edition.enablingfactors,
        edition.wellbeinggoals,
        edition.quadrupleaims,
        edition.indicators,
    )
    parts = [part for parts in related for part in parts.order_by("number")]
    return Section(edition, _all_texts([edition, *parts]))


def _criteria_by_outcome(edition):
    criteria = Criterion.objects.filter(outcome__module__edition=edition).order_by(
        F("level").asc(nulls_last=True), "number"
    )
    found = {}
    for criterion in criteria:
        found.setdefault(criterion.outcome_id, []).append(criterion)
    return found


def _all_texts(things):
    return [text for thing in things for text in texts_of(thing)]
