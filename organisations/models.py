"""Who there is: boards, authorities, clusters, people and what people are to them."""

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class ClusterQuerySet(NamedQuerySet):
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


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.model.normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=self.model.normalise_email(email))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail. Never deleted but made inactive."""

    class Language(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("preferred language"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Where it is not known, both languages are used, Welsh first."),
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(
        _("joined at"), default=timezone.now, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"), name="user_email_is_unique_in_any_case"
            )
        ]

    def __str__(self):
        return self.name or self.email

    @staticmethod
    def normalise_email(email):
        """An address as it is stored: in small letters, as people take it to be."""
        return email.strip().lower()

    def clean(self):
        super().clean()
        self.email = self.normalise_email(self.email)

    @property
    def is_staff(self):
        """May open Django admin."""
        return self.is_superuser or self.is_administrator

    @cached_property
    def current_memberships(self):
        """What this person is to whom today; one query for the life of the object."""
        return list(
            self.memberships.current().select_related("cluster", "health_board")
            if self.is_active and self.pk
            else []
        )

    def has_role(self, *roles):
        return any(membership.role in roles for membership in self.current_memberships)

    @property
    def is_administrator(self):
        return self.has_role(Role.ADMINISTRATOR)

    def cluster_ids(self, *roles):
        """Clusters in which this person holds one of ``roles`` today."""
        return {
            membership.cluster_id
            for membership in self.current_memberships
            if membership.cluster_id and membership.role in roles
        }

    def health_board_ids(self):
        """Boards whose officer this person is today."""
        return {
            membership.health_board_id
            for membership in self.current_memberships
            if membership.role == Role.HEALTH_BOARD_OFFICER
        }


class Role(models.TextChoices):
    CLUSTER_LEAD = "cluster_lead", _("cluster lead")
    CONTRIBUTOR = "contributor", _("contributor")
    HEALTH_BOARD_OFFICER = "health_board_officer", _("health board officer")
    NATIONAL_OFFICER = "national_officer", _("national programme officer")
    ADMINISTRATOR = "administrator", _("administrator")


CLUSTER_ROLES = (Role.CLUSTER_LEAD, Role.CONTRIBUTOR)
NATIONAL_ROLES = (Role.NATIONAL_OFFICER, Role.ADMINISTRATOR)


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Memberships that hold today."""
        today = timezone.localdate()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today
        )


class Membership(models.Model):
    """What a person is to a cluster, to a board, or nationally, from when until when."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)
    cluster = models.ForeignKey(
        Cluster,
        models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("cluster"),
    )
    health_board = models.ForeignKey(
        HealthBoard,
        models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("health board"),
    )
    starts_on = models.DateField(
        pgettext_lazy("a membership", "from"), default=timezone.localdate
    )
    ends_on = models.DateField(
        pgettext_lazy("a membership", "until"),
        null=True,
        blank=True,
        help_text=_("The last day. Leave it empty where no end is known."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["user", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=CLUSTER_ROLES, cluster__isnull=False, health_board=None
                )
                | Q(
                    role=Role.HEALTH_BOARD_OFFICER,
                    cluster=None,
                    health_board__isnull=False,
                )
                | Q(role__in=NATIONAL_ROLES, cluster=None, health_board=None),
                name="membership_role_fits_its_scope",
                violation_error_message=_(
                    "A cluster lead or contributor needs a cluster, a health board officer needs a "
                    "health board, and the national roles need neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self):
        scope = self.cluster or self.health_board
        return (
            f"{self.get_role_display()}: {scope}" if scope else self.get_role_display()
        )


class AuditEvent(models.Model):
    """Who did what, and when; appended only, which the database itself holds to."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        SIGNED_OUT = "signed_out", _("signed out")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        STATE_CHANGED = "state_changed", _("state changed")
        ANSWERS_SAVED = "answers_saved", _("answers saved")
        CYCLE_CHANGED = "cycle_changed", _("cycle opened or closed")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")
        FRAMEWORK_LOADED = "framework_loaded", _("framework loaded")
        ORGANISATIONS_LOADED = "organisations_loaded", _("organisations loaded")
        DEMONSTRATION_LOADED = "demonstration_loaded", _("demonstration loaded")

    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="audit_events",
        verbose_name=_("by"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    subject_type = models.CharField(_("subject"), max_length=60, blank=True)
    subject_id = models.CharField(_("subject's number"), max_length=40, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
