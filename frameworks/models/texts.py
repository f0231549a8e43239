"""What every text of the framework shares: two languages, and how far each of them is."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modeltranslation.translator import translator

LANGUAGES = ("cy", "en")


class Level(models.IntegerChoices):
    """The maturity levels of the source. Not answered is none, below level 1 is 0."""

    FOUNDATION = 1, pgettext_lazy("maturity level", "Foundation")
    DEVELOPING = 2, pgettext_lazy("maturity level", "Developing")
    MATURE = 3, pgettext_lazy("maturity level", "Mature")


class TextState(models.TextChoices):
    """How far a text is in one language."""

    MISSING = "missing", pgettext_lazy("translation", "missing")
    DRAFT = "draft", pgettext_lazy("translation", "draft")
    STALE = "stale", pgettext_lazy("translation", "stale")
    CHECKED = "checked", pgettext_lazy("translation", "checked")
    # Knowingly published as it is; the pages say so.
    UNOFFICIAL = "unofficial", pgettext_lazy("translation", "unofficial")


SETTLED = (TextState.CHECKED, TextState.UNOFFICIAL)  # what may be published


class Translated(models.Model):
    """Something of the framework with texts in both languages, and the state of each text.

    ``text_states`` holds, for each field, a state by language, as in
    ``{"title": {"cy": "checked", "en": "stale"}}``; a text without one is a draft, or missing
    where it is empty. Whoever saves a changed text changes the states with it: the text becomes a
    draft, and its other language stale, unless the change brought a missing or a stale text up to
    date. A state that was set since the row was read counts as it is, and all the others as they
    are in the database by then.
    """

    text_states = models.JSONField(
        _("states of the texts"), default=dict, blank=True, editable=False
    )

    class Meta:
        abstract = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._states_set = {}
        self._remember_states()

    def save(self, *args, update_fields=None, **kwargs):
        if self.pk and not self._state.adding:
            stored = type(self)._default_manager.filter(pk=self.pk).first()
            if stored:
                self.text_states = self._settled_states(stored, update_fields)
                if update_fields is not None and self.text_states != stored.text_states:
                    update_fields = {*update_fields, "text_states"}
        super().save(*args, update_fields=update_fields, **kwargs)
        self._states_set = {}
        self._remember_states()

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        super().refresh_from_db(using, fields, from_queryset)
        if fields is None or "text_states" in fields:
            self._states_set = {}
            self._remember_states()

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        for field in self.text_fields():
            first = f"{field}_{LANGUAGES[0]}"
            is_wanted = not self._meta.get_field(field).blank
            if not is_wanted or (exclude and first in exclude):
                continue
            if not any(self.text_in(field, one) for one in LANGUAGES):
                raise ValidationError(
                    {
                        first: _(
                            "Write this in at least one language. Before publishing, it is needed "
                            "in both."
                        )
                    }
                )

    def shown(self, field):
        """The text of the page's language; of a draft that has none yet, that of the other."""
        return getattr(self, field) or next(
            (text for one in LANGUAGES if (text := self.text_in(field, one))), ""
        )

    @classmethod
    def text_fields(cls):
        """The names of the fields that exist in both languages, in the order of the model."""
        names = translator.get_options_for_model(cls).all_fields
        return tuple(field.name for field in cls._meta.fields if field.name in names)

    def text_in(self, field, language):
        return getattr(self, f"{field}_{language}") or ""

    def text_state(self, field, language):
        """The state of a text, or None where the field is empty in both languages."""
        if self.text_in(field, language):
            return TextState(
                self.text_states.get(field, {}).get(language, TextState.DRAFT)
            )
        is_used = any(self.text_in(field, other) for other in LANGUAGES)
        return TextState.MISSING if is_used else None

    def set_text_state(self, field, language, state):
        """Set a state, to be saved with the text; what is empty by then has none."""
        state = TextState(state).value
        states = {**self.text_states.get(field, {}), language: state}
        self.text_states = {**self.text_states, field: states}
        self._states_set[field, language] = state

    def _remember_states(self):
        """Keep what was read, to know later what was set: a deferred one is not asked for."""
        states = self.__dict__.get("text_states")
        self._states_read = states and {
            field: dict(by_language) for field, by_language in states.items()
        }

    def _settled_states(self, stored, update_fields):
        """The states after this save, given the row as it is ``stored``."""
        settled = {}
        for field in self.text_fields():
            before = {
                language: stored.text_in(field, language) for language in LANGUAGES
            }
            after = {
                language: self.text_in(field, language)
                if update_fields is None or f"{field}_{language}" in update_fields
                else before[language]
                for language in LANGUAGES
            }
            states = {
                **stored.text_states.get(field, {}),
                **_states_after(field, stored, before, after),
                **self._states_set_of(field),
            }
            states = {
                language: states[language]
                for language in LANGUAGES
                if after[language] and states.get(language)
            }
            if states:
                settled[field] = states
        return settled

    def _states_set_of(self, field):
        """The states that were set since the row was read, by whichever way."""
        if self._states_read is None:  # deferred then
            return {
                language: self._states_set[field, language]
                for language in LANGUAGES
                if (field, language) in self._states_set
            }
        read, now = (
            states.get(field, {}) for states in (self._states_read, self.text_states)
        )
        return {
            language: now.get(language)
            for language in LANGUAGES
            if now.get(language) != read.get(language)
            or (field, language) in self._states_set
        }


def _states_after(field, stored, before, after):
    """The states that follow from texts being changed, without those that stay."""
    changed = [
        language for language in LANGUAGES if after[language] != before[language]
    ]
    states = dict.fromkeys(changed, TextState.DRAFT.value)
    if len(changed) == 1:
        (other,) = set(LANGUAGES) - set(changed)
        caught_up = stored.text_state(field, changed[0]) in (
            None,
            TextState.MISSING,
            TextState.STALE,
        )
        if not caught_up and after[other]:
            states[other] = TextState.STALE.value
    return states
