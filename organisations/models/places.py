"""Boards, authorities, planning groups and clusters."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cdf_site.common.naming import Named, NamedQuerySet, named_in_both_languages


class RegionalPartnershipBoard(Named):
    """Health boards, local authorities and the third sector of a region, together."""

    code = models.SlugField(_("code"), unique=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("regional partnership board")
        verbose_name_plural = _("regional partnership boards")
        constraints = [named_in_both_languages("regional_partnership_board")]


class HealthBoard(Named):
    """One of the bodies that plan and provide health services in Wales."""

    code = models.SlugField(_("code"), unique=True, help_text=_("The ODS code."))
    gss_code = models.CharField(_("GSS code"), max_length=9, unique=True)
    short_name = models.CharField(_("short name"), max_length=100)
    local_cluster_name = models.CharField(
        _("local name for a cluster"), max_length=100, blank=True, default=""
    )
    regional_partnership_board = models.ForeignKey(
        RegionalPartnershipBoard,
        models.PROTECT,
        related_name="health_boards",
        verbose_name=_("regional partnership board"),
    )

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("health board")
        verbose_name_plural = _("health boards")
        constraints = [named_in_both_languages("health_board")]


class LocalAuthority(Named):
    """A county or county borough council."""

    code = models.SlugField(_("GSS code"), unique=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("local authority")
        verbose_name_plural = _("local authorities")
        constraints = [named_in_both_languages("local_authority")]


class PlanningGroup(Named):
    """A pan-cluster planning group, on the county footprint as a rule."""

    code = models.SlugField(_("code"), unique=True)
    health_board = models.ForeignKey(
        HealthBoard,
        models.PROTECT,
        related_name="planning_groups",
        verbose_name=_("health board"),
    )

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("pan-cluster planning group")
        verbose_name_plural = _("pan-cluster planning groups")
        constraints = [named_in_both_languages("planning_group")]


class Rurality(models.TextChoices):
    """How people live in a cluster's area."""

    URBAN = "urban", _("Urban")
    MIXED = "mixed", _("Partly urban, partly rural")
    RURAL = "rural", _("Rural")


class ClusterQuerySet(NamedQuerySet):
    def visible_to(self, user):
        """Those that are something to ``user``: their own, their board's, or all of Wales."""
        if user.has_role("national_officer"):
            return self
        clusters = [
            membership.cluster_id
            for membership in user.current_memberships
            if membership.cluster_id
        ]
        return self.filter(
            Q(pk__in=clusters) | Q(health_board__in=user.health_board_ids())
        )

    def without_lead(self):
        """Clusters that nobody leads today who can sign in."""
        memberships = self.model._meta.get_field("memberships").related_model
        return self.exclude(pk__in=memberships.objects.leading().values("cluster"))

    def open_on(self, day):
        """Clusters that exist on ``day``."""
        return self.filter(
            Q(opened_on=None) | Q(opened_on__lte=day),
            Q(closed_on=None) | Q(closed_on__gt=day),
        )


class Cluster(Named):
    """All the health and care services of an area of 25,000 to 100,000 people, as a rule.

    Never deleted but closed, so that what it submitted keeps its place.
    """

    class NameStatus(models.TextChoices):
        PUBLISHED = "published", _("published in both languages")
        UNCONFIRMED = "unconfirmed", _("not confirmed in both languages yet")

    code = models.SlugField(_("code"), unique=True)
    name_status = models.CharField(
        _("how sure the names are"),
        max_length=20,
        choices=NameStatus,
        default=NameStatus.UNCONFIRMED,
    )
    health_board = models.ForeignKey(
        HealthBoard,
        models.PROTECT,
        related_name="clusters",
        verbose_name=_("health board"),
    )
    local_authority = models.ForeignKey(
        LocalAuthority,
        models.PROTECT,
        related_name="clusters",
        verbose_name=_("local authority"),
    )
    planning_group = models.ForeignKey(
        PlanningGroup,
        models.PROTECT,
        related_name="clusters",
        null=True,
        blank=True,
        verbose_name=_("pan-cluster planning group"),
    )
    rurality = models.CharField(
        _("urban or rural"),
        max_length=10,
        choices=Rurality,
        blank=True,
        help_text=_("Leave it empty where it is not known."),
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        constraints = [
            named_in_both_languages("cluster"),
            models.CheckConstraint(
                condition=Q(opened_on=None)
                | Q(closed_on=None)
                | Q(closed_on__gt=models.F("opened_on")),
                name="cluster_closes_after_it_opens",
            ),
        ]

    def is_open_on(self, day):
        """Whether it exists on ``day``, as ``open_on`` asks of many."""
        return (self.opened_on is None or self.opened_on <= day) and (
            self.closed_on is None or self.closed_on > day
        )


class Population(models.Model):
    """How many people live in a cluster's area, in one year; by which counts become rates."""

    cluster = models.ForeignKey(
        Cluster,
        models.PROTECT,
        related_name="populations",
        verbose_name=_("cluster"),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    people = models.PositiveIntegerField(_("people"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        ordering = ["cluster", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "year"], name="one_population_a_cluster_and_year"
            ),
            models.CheckConstraint(
                condition=Q(people__gt=0), name="population_is_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(1990, 2100)), name="population_year_is_a_year"
            ),
        ]

    def __str__(self):
        return f"{self.cluster_id}: {self.year}"
