"""What clusters choose from to say what is in the way, and what support they need."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cdf_site.common.naming import named_in_both_languages


class NeedTagQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("kind", "number", "pk")

    def offered(self):
        """Those that can be chosen now; what was chosen before keeps its name."""
        return self.filter(is_offered=True).in_order()


class NeedTag(models.Model):
    """A common barrier, or a common kind of support, by a short name in both languages."""

    class Kind(models.TextChoices):
        BARRIER = "barrier", _("Barrier")
        SUPPORT = "support", _("Support")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    number = models.PositiveSmallIntegerField(_("place in the list"), default=1)
    is_offered = models.BooleanField(
        _("can be chosen"),
        default=True,
        help_text=_("Where it cannot, what was chosen before keeps its name."),
    )

    objects = NeedTagQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "barrier or support need")
        verbose_name_plural = pgettext_lazy("things", "barriers and support needs")
        ordering = ["kind", "number", "pk"]
        constraints = [
            named_in_both_languages("need_tag"),
            models.CheckConstraint(condition=~Q(code=""), name="need_tag_has_a_code"),
        ]

    def __str__(self):
        return self.name or self.code
