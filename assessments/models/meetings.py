"""Who is here now, and the facilitated session in one room."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models.reading import may_read_answers
from frameworks.models import Outcome
from organisations.models import User

# Without a sign for so long, a page has been left; pages give one every ten seconds.
GONE_AFTER = timedelta(seconds=15)


class PresenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_answers(user, "reflection__"))

    def open(self):
        """Pages that nobody said were left."""
        return self.exclude(place=Presence.LEFT)

    def giving_signs(self):
        return self.open().filter(seen_at__gt=timezone.now() - GONE_AFTER)

    def silent(self):
        return self.filter(seen_at__lte=timezone.now() - GONE_AFTER)


class Presence(models.Model):
    """An open page of the form, or one just left; its row goes when it has fallen silent."""

    LEFT = ""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.CASCADE, related_name="presences"
    )
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    page_id = models.UUIDField()  # one open page; a person may have several
    # Which page of the form: "context", "PCMW-3", "enablers", "support", "contents", "session"; or LEFT.
    place = models.CharField(max_length=40)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "presence")
        verbose_name_plural = pgettext_lazy("things", "presences")
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "by", "page_id"], name="one_presence_a_page"
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.by_id}"


class FacilitatedSessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_answers(user, "reflection__"))

    def running(self):
        return self.filter(ended_at=None)


class FacilitatedSession(models.Model):
    """A meeting around one screen: where it has got to, who is there, and for how long."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection",
        models.PROTECT,
        related_name="facilitated_sessions",
    )
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # The outcomes to talk about, as chosen at the start: their ids, in the order of the form.
    agenda = models.JSONField(default=list)
    # Where the room is: at an outcome, and there at a step (see ``assessments.room``).
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    step = models.CharField(max_length=10, default="outcome")
    # Codes of the professions in the room, with spaces between.
    present = models.CharField(max_length=300, blank=True)
    minutes_an_outcome = models.PositiveSmallIntegerField(default=10)

    objects = FacilitatedSessionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "facilitated session")
        verbose_name_plural = pgettext_lazy("things", "facilitated sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["reflection"],
                condition=Q(ended_at=None),
                name="one_running_session_a_reflection",
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.started_at:%Y-%m-%d}"


LONGEST_STRETCH = 3600  # seconds: whoever closed the laptop did not talk all night


class OutcomeClock(models.Model):
    """How long one outcome was talked about in a session; running where ``runs_since`` is set."""

    session = models.ForeignKey(
        FacilitatedSession, models.CASCADE, related_name="clocks"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField(default=0)
    runs_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("thing", "outcome clock")
        verbose_name_plural = pgettext_lazy("things", "outcome clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "outcome"], name="one_clock_an_outcome"
            ),
        ]

    def __str__(self):
        return f"{self.session_id}: {self.outcome_id}"

    @property
    def elapsed(self):
        """Seconds until now; a stretch without any sign of the room counts for an hour at most."""
        if self.runs_since is None:
            return self.seconds
        stretch = int((timezone.now() - self.runs_since).total_seconds())
        return self.seconds + min(max(stretch, 0), LONGEST_STRETCH)
