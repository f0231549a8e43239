"""People, what they are to clusters and boards, and invitations."""

import datetime

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models.places import Cluster, HealthBoard

LONGEST_NOTE = 500  # characters of what helps somebody in meetings
ASKED_FOR = datetime.timedelta(days=14)  # how long newcomers are asked for their needs


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

    class Rhythm(models.TextChoices):
        """When e-mails come that ask for nothing at once; those that do always come at once."""

        AT_ONCE = "at_once", _("Each one at once")
        DAILY = "daily", _("Together, once a day")
        NEEDED = "needed", _("Only those that need something done")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("preferred language"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Where it is not known, both languages are used, Welsh first."),
    )
    # Support needs: recorded once, honoured in everything that is sent or made.
    large_print = models.BooleanField(_("documents in large print"), default=False)
    plain_text_emails = models.BooleanField(_("e-mails as plain text"), default=False)
    email_rhythm = models.CharField(
        _("when e-mails come"), max_length=10, choices=Rhythm, default=Rhythm.DAILY
    )
    meeting_note = models.TextField(
        _("what helps you in meetings"), max_length=LONGEST_NOTE, blank=True
    )
    meeting_note_language = models.CharField(
        max_length=2, choices=Language, blank=True, editable=False
    )
    # Whether whoever facilitates a meeting of theirs may read that note.
    shares_meeting_note = models.BooleanField(
        _("may be read by whoever facilitates the meeting"), default=False
    )
    # When they last said any of this themselves: the start page asks newcomers who never have.
    needs_said_at = models.DateTimeField(null=True, editable=False)
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
            ),
            models.CheckConstraint(
                condition=Q(shares_meeting_note=False) | ~Q(meeting_note=""),
                name="user_shares_a_meeting_note_that_is_there",
            ),
            models.CheckConstraint(
                condition=Q(meeting_note="", meeting_note_language="")
                | ~Q(meeting_note="") & ~Q(meeting_note_language=""),
                name="user_meeting_note_has_its_language",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(meeting_note=""),
                name="user_who_may_not_sign_in_has_no_meeting_note",
            ),
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

    @property
    def is_asked_for_needs(self):
        """Whether they are new here, and have not said yet how they would like to receive things."""
        return (
            self.needs_said_at is None and timezone.now() < self.joined_at + ASKED_FOR
        )

    @cached_property
    def current_memberships(self):
        """What this person is to whom today; one query for the life of the object."""
        return list(
            self.memberships.current()
            .filter(user__is_active=True)
            .select_related("cluster", "health_board")
            if self.is_active and self.pk
            else []
        )

    def forget_memberships(self):
        """Have them asked for anew: whoever waited for a lock may have been removed meanwhile."""
        self.__dict__.pop("current_memberships", None)

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
    DEPUTY_LEAD = "deputy_lead", _("deputy cluster lead")
    CONTRIBUTOR = "contributor", _("contributor")
    HEALTH_BOARD_OFFICER = "health_board_officer", _("health board officer")
    NATIONAL_OFFICER = "national_officer", _("national programme officer")
    TRANSLATOR = "translator", _("translator")
    ADMINISTRATOR = "administrator", _("administrator")


# Whoever holds one of these has the lead's rights; a deputy, for a time.
LEAD_ROLES = (Role.CLUSTER_LEAD, Role.DEPUTY_LEAD)
CLUSTER_ROLES = (*LEAD_ROLES, Role.CONTRIBUTOR)
NATIONAL_ROLES = (Role.NATIONAL_OFFICER, Role.TRANSLATOR, Role.ADMINISTRATOR)


class Profession(models.TextChoices):
    """The professional collaboratives and their partners."""

    GENERAL_PRACTICE = "general_practice", _("General practice")
    PHARMACY = "pharmacy", _("Pharmacy")
    OPTOMETRY = "optometry", _("Optometry")
    DENTAL = "dental", _("Dental")
    COMMUNITY_NURSING = "community_nursing", _("Community nursing")
    ALLIED_HEALTH = "allied_health", _("Allied health professionals")
    SOCIAL_CARE = "social_care", _("Social care")
    THIRD_SECTOR = "third_sector", _("Third sector")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Memberships that hold now."""
        today = timezone.localdate()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=today),
            starts_on__lte=today,
            ended_at=None,
        )

    def not_ended(self):
        """Memberships that hold now or will hold later."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()), ended_at=None
        )

    def ended(self):
        """Memberships that held once, the last to end first: by somebody, or by their last day."""
        today = timezone.localdate()
        return self.filter(
            Q(ended_at__isnull=False) | Q(ends_on__lt=today), starts_on__lte=today
        ).order_by(
            Coalesce(TruncDate("ended_at"), "ends_on").desc(),
            F("ended_at").desc(nulls_last=True),
            "-pk",
        )

    def leading(self):
        """Those of today's leads who can sign in; deputies do not count."""
        return self.current().filter(role=Role.CLUSTER_LEAD, user__is_active=True)


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
    profession = models.CharField(
        _("profession"), max_length=30, choices=Profession, blank=True
    )
    # Ended by somebody at this instant, whatever the last day says.
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

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


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Those that can still be accepted."""
        return self.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )


class Invitation(models.Model):
    """Somebody asked by e-mail to work in a cluster; its link works once and for a time.

    The link's secret is stored as a hash alone, so that whoever reads the database cannot use it.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=30, choices=Role)
    profession = models.CharField(max_length=30, choices=Profession, blank=True)
    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=2, choices=User.Language, blank=True)
    # Of a lead who hands over: whether they leave the cluster, rather than stay as a contributor.
    inviter_leaves = models.BooleanField(default=False)
    # How long what is offered holds: a deputy's right ends.
    until = models.DateField(null=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="invitations"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "invitation")
        verbose_name_plural = pgettext_lazy("things", "invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=CLUSTER_ROLES), name="invitation_is_to_a_cluster"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_is_accepted_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.cluster_id}: {self.email}"
