"""Files that were sent, to be looked at before they count."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models import User


class FrameworkUploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sent it."""
        return self.filter(uploaded_by=user)


class FrameworkUpload(models.Model):
    """A file as it was sent: an edition, or texts of one. Nothing changes until it is confirmed."""

    class Kind(models.TextChoices):
        EDITION = "edition", _("edition")
        TEXTS = "texts", pgettext_lazy("what a file holds", "texts")

    kind = models.CharField(max_length=20, choices=Kind)
    # Of texts, the edition that they are for; not a reference, so that it never holds one back.
    edition_code = models.CharField(max_length=20, blank=True)
    file_name = models.CharField(max_length=200)
    notation = models.CharField(max_length=10)  # json, yaml, xlsx …
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)

    objects = FrameworkUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("file that was sent")
        verbose_name_plural = _("files that were sent")
        ordering = ["-pk"]

    def __str__(self):
        return self.file_name
