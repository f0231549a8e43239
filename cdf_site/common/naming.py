"""Things that have a name in both languages and a place in each alphabet."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cdf_site.common.welsh import english_key, welsh_key


class NamedQuerySet(models.QuerySet):
    def in_name_order(self):
        """In the alphabet of the language that is active."""
        return self.order_by("sort_cy" if get_language() == "cy" else "sort_en", "pk")


class Named(models.Model):
    name = models.CharField(_("name"), max_length=200)
    sort_cy = models.CharField(max_length=600, editable=False)
    sort_en = models.CharField(max_length=600, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name or ""

    def save(self, *args, **kwargs):
        self.sort_cy = welsh_key(self.name_cy or "")
        self.sort_en = english_key(self.name_en or "")
        super().save(*args, **kwargs)


def named_in_both_languages(model):
    """The constraint that a name exists in Welsh and in English."""
    return models.CheckConstraint(
        condition=models.Q(name_cy__isnull=False, name_en__isnull=False)
        & ~models.Q(name_cy="")
        & ~models.Q(name_en=""),
        name=f"{model}_is_named_in_both_languages",
    )
