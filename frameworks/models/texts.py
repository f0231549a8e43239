"""What every text of the framework shares: two languages, and how far each of them is."""

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
    date. A state that is set in the same save counts as it is.
    """

    text_states = models.JSONField(
        _("states of the texts"), default=dict, blank=True, editable=False
    )

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if self.pk and not self._state.adding:
            stored = type(self)._default_manager.filter(pk=self.pk).first()
            if stored:
                self._settle_states(stored, update_fields)
                if update_fields is not None and self.text_states != stored.text_states:
                    update_fields = {*update_fields, "text_states"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @classmethod
    def text_fields(cls):
        """The names of the fields that exist in both languages."""
        return tuple(translator.get_options_for_model(cls).all_fields)

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
        """Set a state, to be saved; what is empty has none."""
        states = {**self.text_states.get(field, {}), language: TextState(state).value}
        self.text_states = {**self.text_states, field: states}

    def _settle_states(self, stored, update_fields):
        for field in self.text_fields():
            if self.text_states.get(field) != stored.text_states.get(field):
                continue
            changed = [
                language
                for language in LANGUAGES
                if self.text_in(field, language) != stored.text_in(field, language)
                and (update_fields is None or f"{field}_{language}" in update_fields)
            ]
            for language in changed:
                self.set_text_state(field, language, TextState.DRAFT)
            if len(changed) == 1:
                (changed_language,) = changed
                (other,) = set(LANGUAGES) - {changed_language}
                caught_up = stored.text_state(field, changed_language) in (
                    None,
                    TextState.MISSING,
                    TextState.STALE,
                )
                if not caught_up and self.text_in(field, other):
                    self.set_text_state(field, other, TextState.STALE)
