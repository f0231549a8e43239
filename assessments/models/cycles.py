"""More time for a whole cycle."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy

from assessments.models.reflections import Cycle
from organisations.models import User


class CycleExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody who signs in: the closing hour of a cycle, and why it moved, is no secret."""
        return self if user.is_authenticated and user.is_active else self.none()


class CycleExtension(models.Model):
    """More time for every cluster of a cycle, with the reason they read; kept for good."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="extensions")
    hour_before = models.DateTimeField()
    closes_at = models.DateTimeField()
    # In both languages or in one, which is then shown to all, marked with its language.
    reason_cy = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    extended_at = models.DateTimeField(default=timezone.now)
    extended_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CycleExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "extension of a cycle")
        verbose_name_plural = pgettext_lazy("things", "extensions of cycles")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("hour_before")),
                name="cycle_extension_lengthens_the_time",
            ),
            models.CheckConstraint(
                condition=~Q(reason_cy="", reason_en=""),
                name="cycle_extension_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.cycle_id}: {self.closes_at:%Y-%m-%d %H:%M}"

    @property
    def language(self):
        """In which language its reason can be read by whoever reads in the active one."""
        reader = get_language()
        if getattr(self, f"reason_{reader}"):
            return reader
        return "cy" if self.reason_cy else "en"

    @property
    def reason(self):
        """In the active language, else in the other: see ``language``."""
        return getattr(self, f"reason_{self.language}")
