"""What an officer says of an exhibit, or of a whole page of the dashboard."""

from django.db import models
from django.utils.translation import pgettext_lazy

from assessments.models import LANGUAGES, Cycle
from peerreview.models.writing import Written, WrittenVersion, history_constraints


class Commentary(Written):
    """A note in one language on one exhibit of one scope in one cycle; seen while it is shared.

    Whoever may open the page of that scope reads it. The same note in the other language is a row
    of its own, so that each is saved, and refused, alone.
    """

    scope = models.CharField(max_length=80)  # as its address names it
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    exhibit = models.CharField(max_length=80, blank=True)  # none: of the whole page
    written_for = models.CharField(max_length=2, choices=LANGUAGES)

    class Meta:
        verbose_name = pgettext_lazy("thing", "commentary")
        verbose_name_plural = pgettext_lazy("things", "commentaries")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "cycle", "exhibit", "written_for"],
                name="one_commentary_an_exhibit_and_language",
            )
        ]

    def __str__(self):
        return f"{self.scope}: {self.exhibit} ({self.written_for})"


class CommentaryVersion(WrittenVersion):
    """A version of a commentary, or a text refused as one; kept for good."""

    written = models.ForeignKey(Commentary, models.PROTECT, related_name="versions")

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of a commentary")
        verbose_name_plural = pgettext_lazy("things", "versions of a commentary")
        ordering = ["pk"]
        constraints = history_constraints("commentary")

    def __str__(self):
        return f"{self.written_id}: {self.version or self.refusal}"
