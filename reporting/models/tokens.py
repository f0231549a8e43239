"""Keys with which a person's own programs read what that person may read."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models import User

LONGEST_NAME = 100  # characters


class PersonalTokenQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own."""
        return self.filter(user=user)

    def valid(self):
        """Those that open something now."""
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True
        )


class PersonalToken(models.Model):
    """A key to the data that its owner may read, for a time; only its hash is stored."""

    user = models.ForeignKey(User, models.PROTECT, related_name="personal_tokens")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    secret_hash = models.CharField(max_length=64, unique=True)
    # The beginning of the secret, by which its owner tells it from others.
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    # How many requests were made in the minute that began then.
    minute_began_at = models.DateTimeField(null=True)
    minute_count = models.PositiveIntegerField(default=0)

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "personal token")
        verbose_name_plural = pgettext_lazy("things", "personal tokens")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="personal_token_expires_after_it_was_made",
            )
        ]

    def __str__(self):
        return f"{self.user_id}: {self.name}"

    @property
    def is_expired(self):
        return self.expires_at <= timezone.now()
