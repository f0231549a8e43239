"""Files of figures and of populations: what was sent, what it says, and what it changed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models import Edition
from organisations.models import HealthBoard, Role, User


class FigureUploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The officers of the health board, and those of the national programme."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self
        return self.filter(health_board__in=user.health_board_ids())


class FigureUpload(models.Model):
    """A file that a board's officer sent: read, checked row by row, applied as a whole or not.

    It stays when it has been applied, with what stood there before, so that it can be undone.
    """

    class Kind(models.TextChoices):
        FIGURES = "figures", _("Figures of indicators")
        POPULATIONS = "populations", _("Populations")

    kind = models.CharField(max_length=20, choices=Kind)
    health_board = models.ForeignKey(
        HealthBoard, models.PROTECT, related_name="figure_uploads"
    )
    # Whose indicators a file of figures names.
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="figure_uploads", null=True
    )
    file_name = models.CharField(max_length=200)
    # In which column of the file each of ours stands, counted from one.
    columns = models.JSONField()
    row_count = models.PositiveIntegerField()
    comma_is_decimal = models.BooleanField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    fault_count = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_count = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    restored_count = models.PositiveIntegerField(default=0)
    # What undoing left as it is, since somebody changed it: what each is about.
    kept = models.JSONField(default=list)

    objects = FigureUploadQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "file of figures")
        verbose_name_plural = pgettext_lazy("things", "files of figures")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="figures", edition__isnull=False)
                | Q(kind="populations", edition=None),
                name="figure_upload_has_an_edition_for_its_indicators",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by__isnull=False, fault_count=0),
                name="figure_upload_is_applied_without_faults_and_signed",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(
                    undone_at__isnull=False,
                    undone_by__isnull=False,
                    applied_at__isnull=False,
                ),
                name="figure_upload_is_undone_after_it_was_applied",
            ),
        ]

    def __str__(self):
        return f"{self.health_board_id}: {self.file_name}"


class FigureUploadPart(models.Model):
    """Some rows of a file, as many as are checked at a time."""

    upload = models.ForeignKey(FigureUpload, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    # The rows as they came: pairs of a row's number and its cells by column.
    cells = models.JSONField(default=list)
    is_checked = models.BooleanField(default=False)
    # What the rows say, and what is wrong with them.
    entries = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    # What was written, with what stood there before.
    changes = models.JSONField(default=list)

    class Meta:
        verbose_name = pgettext_lazy("thing", "part of a file of figures")
        verbose_name_plural = pgettext_lazy("things", "parts of files of figures")
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "number"], name="figure_upload_part_number_unique"
            )
        ]

    def __str__(self):
        return f"{self.upload_id}: {self.number}"
