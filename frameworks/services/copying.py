"""A new draft that begins as a copy of an edition."""

from django.db import IntegrityError, transaction

from frameworks.errata import read_over
from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    EnablingFactor,
    Indicator,
    LogicModelEntry,
    Module,
    Outcome,
    QuadrupleAim,
    TextState,
    TransformationPrinciple,
    WellbeingGoal,
)
from organisations.audit import record_added
from organisations.permissions import Permission, authorise

AT_ONCE = 500  # rows in a statement


class CodeTaken(Exception):
    """There is an edition with this code already."""


@transaction.atomic
def copy_edition(*, edition, code, title_cy, title_en, issued, by):
    """Begin a new draft with everything that ``edition`` has, and return it.

    It begins with the corrected wording; outcomes and criteria know their predecessors. What was
    published counts as checked, or as unofficial in the language that is; in a copy of a draft,
    each text is as far as it was. The number of queries does not depend on the edition's size.
    """
    authorise(by, Permission.ADMINISTER, edition)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    copy = _Copy(edition)
    try:
        # Somebody else may be taking the code in this instant: the database says so.
        with transaction.atomic():
            draft = copy.edition(code, title_cy, title_en, issued)
    except IntegrityError:
        raise CodeTaken from None
    copy.parts(draft)
    record_added(draft, by=by, copied_from=edition.code)
    return draft


class _Copy:
    """Copies rows of one edition, and remembers what became of each."""

    def __init__(self, edition):
        self.original = edition
        self.copies = {}  # by model and number of the original

    def edition(self, code, title_cy, title_en, issued):
        (original,) = read_over(self.original, [self.original])
        titles = {"cy": title_cy, "en": title_en}
        draft = self.copy_of(
            original,
            code=code,
            issued=issued,
            status=Edition.Status.DRAFT,
            corrected_on=None,
            predecessor=self.original,
            **{f"title_{language}": title for language, title in titles.items()},
        )
        for language, title in titles.items():
            if title != original.text_in("title", language):
                draft.set_text_state("title", language, TextState.DRAFT)
        draft.save()
        return draft

    def parts(self, draft):
        own = {"edition": draft}
        for model in (
            TransformationPrinciple,
            EnablingFactor,
            WellbeingGoal,
            QuadrupleAim,
            Module,
            Indicator,
        ):
            self.rows(model.objects.filter(edition=self.original), lambda row: own)
        self.rows(
            Outcome.objects.filter(module__edition=self.original),
            lambda row: {
                "module": self.copies[Module, row.module_id],
                "predecessor": row,
            },
        )
        self.rows(
            Criterion.objects.filter(outcome__module__edition=self.original),
            lambda row: {
                "outcome": self.copies[Outcome, row.outcome_id],
                "predecessor": row,
            },
        )
        entries = LogicModelEntry.objects.filter(
            module__edition=self.original
        ) | LogicModelEntry.objects.filter(outcome__module__edition=self.original)
        self.rows(
            entries,
            lambda row: {
                "module": self.copies.get((Module, row.module_id)),
                "outcome": self.copies.get((Outcome, row.outcome_id)),
            },
        )
        for links in (
            Outcome.wellbeing_goals.through,
            Outcome.quadruple_aims.through,
            Indicator.outcomes.through,
        ):
            self.links(links)

    def rows(self, originals, changes):
        originals = read_over(self.original, originals.order_by("pk"))
        if not originals:
            return
        model = type(originals[0])
        made = model._base_manager.bulk_create(
            [self.copy_of(row, **changes(row)) for row in originals], AT_ONCE
        )
        for row, copy in zip(originals, made, strict=True):
            self.copies[model, row.pk] = copy

    def links(self, through):
        """Link the copies as their originals are linked."""
        ends = [field for field in through._meta.fields if field.is_relation]
        first = ends[0]
        numbers = [pk for model, pk in self.copies if model is first.related_model]
        through._base_manager.bulk_create(
            [
                through(
                    **{
                        end.attname: self.copies[
                            end.related_model, getattr(link, end.attname)
                        ].pk
                        for end in ends
                    }
                )
                for link in through._base_manager.filter(
                    **{f"{first.name}__in": numbers}
                ).order_by("pk")
            ],
            AT_ONCE,
        )

    def copy_of(self, row, **changes):
        """A new row with what ``row`` holds, not saved."""
        model, texts = type(row), row.text_fields()
        held = {
            field.attname: getattr(row, field.attname)
            for field in model._meta.concrete_fields
            if not field.primary_key
            and field.name not in texts
            and field.name not in changes
        }
        copy = model(**held | changes)
        copy.text_states = self.states(row)
        return copy

    def states(self, row):
        """How far each text of the copy is."""
        states = {field: dict(held) for field, held in row.text_states.items()}
        if self.original.status != Edition.Status.DRAFT:
            for field in row.text_fields():
                for language in LANGUAGES:
                    held = states.get(field, {}).get(language)
                    if row.text_in(field, language) and held in (
                        None,
                        TextState.DRAFT,
                    ):
                        states.setdefault(field, {})[language] = self._settled(language)
        for wording in row.corrected_wording:
            states.setdefault(wording.field, {})[wording.language] = (
                TextState.CHECKED.value
            )
        return states

    def _settled(self, language):
        is_unofficial = language == self.original.unofficial_language
        return (TextState.UNOFFICIAL if is_unofficial else TextState.CHECKED).value
