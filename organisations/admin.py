"""Django admin for boards, authorities, clusters, people and what they are to them."""

import json
from copy import copy
from datetime import date

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    BaseUserCreationForm,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.forms.models import BaseInlineFormSet
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from organisations.admin_base import (
    AuditedAdmin,
    BilingualAdmin,
    ReadOnlyAdmin,
    named,
)
from organisations.admin_base.history import rows
from organisations.audit import NEVER_WRITTEN
from organisations.models import (
    AuditEvent,
    Cluster,
    HealthBoard,
    LocalAuthority,
    Membership,
    PlanningGroup,
    Population,
    RegionalPartnershipBoard,
    Role,
    User,
)
from organisations.services.needs import forget_meeting_note

# Django's groups give nobody anything here: roles are memberships.
admin.site.unregister(Group)


class NamedAdmin(BilingualAdmin):
    """Things with a name in both languages, in the alphabet of the page."""

    search_fields = ("name_cy", "name_en", "code")
    sortable_by = ()
    list_per_page = 60

    def get_ordering(self, request):
        return ["sort_cy" if get_language() == "cy" else "sort_en", "pk"]

    def get_readonly_fields(self, request, obj=None):
        # Files and addresses refer to the code.
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "code") if obj else fields


@admin.register(RegionalPartnershipBoard)
class RegionalPartnershipBoardAdmin(NamedAdmin):
    list_display = ("name", "code")
    fields = ("name", "code")


@admin.register(HealthBoard)
class HealthBoardAdmin(NamedAdmin):
    list_display = ("name", "short_name", "code", "regional_partnership_board")
    list_select_related = ("regional_partnership_board",)
    fields = (
        "name",
        "short_name",
        "local_cluster_name",
        "code",
        "gss_code",
        "regional_partnership_board",
    )


@admin.register(LocalAuthority)
class LocalAuthorityAdmin(NamedAdmin):
    list_display = ("name", "code")
    fields = ("name", "code")


@admin.register(PlanningGroup)
class PlanningGroupAdmin(NamedAdmin):
    list_display = ("name", "health_board")
    list_filter = ("health_board",)
    list_select_related = ("health_board",)
    fields = ("name", "code", "health_board")


class PopulationInline(admin.TabularInline):
    """How many people live in the area, a line a year."""

    model = Population
    fields = ("year", "people", "source")
    extra = 0


@admin.register(Cluster)
class ClusterAdmin(NamedAdmin):
    list_display = (
        "name",
        "health_board",
        "local_authority",
        "names_are_published",
        "closed_on",
    )
    list_filter = (
        "health_board",
        "name_status",
        ("closed_on", admin.EmptyFieldListFilter),
        "local_authority",
    )
    list_select_related = ("health_board", "local_authority")
    fields = (
        "name",
        "name_status",
        "code",
        "health_board",
        "local_authority",
        "planning_group",
        "rurality",
        "opened_on",
        "closed_on",
    )
    inlines = (PopulationInline,)

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else ()

    @admin.display(boolean=True, description=_("names published"))
    def names_are_published(self, cluster):
        return cluster.name_status == Cluster.NameStatus.PUBLISHED

    def has_delete_permission(self, request, obj=None):
        return False  # closed instead: what it submitted keeps its place


class PersonCreationForm(BaseUserCreationForm):
    """A person, with the password that somebody tells them."""

    class Meta:
        model = User
        fields = ("email", "name", "language")


# Nobody locks themselves out --------------------------------------------------------------

NOT_ONESELF = _(
    "You would no longer be an administrator yourself. Ask another administrator to do this."
)


def last_day(memberships):
    """Until when ``memberships`` make an administrator, of those that hold today."""
    today = timezone.localdate()
    return max(
        (
            membership.ends_on or date.max
            for membership in memberships
            if membership.role == Role.ADMINISTRATOR
            and membership.starts_on
            and membership.starts_on <= today <= (membership.ends_on or date.max)
        ),
        default=date.min,
    )


def locks_out(editor, memberships):
    """Whether ``editor``, left with these, would be an administrator for less long than now."""
    if editor.is_superuser:
        return False
    return last_day(memberships) < last_day(editor.memberships.all())


class PersonChangeForm(UserChangeForm):
    """A person's account; one's own stays active and keeps what it may do."""

    editor = None  # set by the admin, for each request

    def clean(self):
        cleaned = super().clean()
        if self.instance == self.editor:
            for field in ("is_active", "is_superuser"):
                if getattr(self.editor, field) and cleaned.get(field) is False:
                    self.add_error(field, NOT_ONESELF)
        return cleaned


class PersonPasswordForm(AdminPasswordChangeForm):
    """Django's, whose warning is in English in every language."""

    usable_password_help_text = format_lazy(
        '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        SetUnusablePasswordMixin.usable_password_help_text,
        _("If disabled, the current password for this user will be lost."),
    )


class MembershipsOfPerson(BaseInlineFormSet):
    editor = None  # set by the inline, for each request

    def clean(self):
        super().clean()
        if self.instance != self.editor:
            return
        left = {line.pk: line for line in self.editor.memberships.all()}
        for form in self.forms:
            if self._should_delete_form(form):
                left.pop(form.instance.pk, None)
            elif form.has_changed():
                left[form.instance.pk or form.prefix] = form.instance
        if locks_out(self.editor, left.values()):
            raise ValidationError(NOT_ONESELF)


class MembershipForm(forms.ModelForm):
    editor = None  # set by the admin, for each request

    def clean(self):
        cleaned = super().clean()
        others = list(self.editor.memberships.exclude(pk=self.instance.pk))
        # Without what the form does not accept, the membership counts as it was.
        after = copy(self.instance)
        for field in set(cleaned) & {"user", "role", "starts_on", "ends_on"}:
            setattr(after, field, cleaned[field])
        if after.user_id == self.editor.pk:
            others.append(after)
        if locks_out(self.editor, others):
            raise ValidationError(NOT_ONESELF)
        return cleaned


# People -----------------------------------------------------------------------------------


class MembershipInline(admin.StackedInline):
    model = Membership
    formset = MembershipsOfPerson
    autocomplete_fields = ("cluster", "health_board")
    extra = 0

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.editor = request.user
        return formset


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):
    """People sign in by e-mail, and are made inactive, never deleted."""

    add_form = PersonCreationForm
    form = PersonChangeForm
    change_password_form = PersonPasswordForm
    list_display = ("email", "name", "roles", "language", "is_active")
    list_filter = ("memberships__role", "language", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "joined_at")
    # What helps them in meetings is nobody's but theirs: it is in no field, list, filter or history.
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (
            _("How they like to receive things"),
            {
                "fields": (
                    "language",
                    "large_print",
                    "plain_text_emails",
                    "email_rhythm",
                )
            },
        ),
        (
            _("Access"),
            {"fields": ("is_active", "is_superuser", "last_login", "joined_at")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "language", "password1", "password2")}),
    )
    inlines = (MembershipInline,)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def lookup_allowed(self, lookup, value, request):
        # An address that filters by what it cannot show would tell it letter by letter.
        if lookup.partition("__")[0] in NEVER_WRITTEN:
            return False
        return super().lookup_allowed(lookup, value, request)

    def save_model(self, request, obj, form, change):
        if not obj.is_active and change:
            forget_meeting_note(person=obj)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request):
        current = Membership.objects.current().select_related("cluster", "health_board")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("memberships", current, to_attr="listed_memberships")
            )
        )

    @admin.display(description=_("roles today"))
    def roles(self, user):
        return ", ".join(map(str, user.listed_memberships))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def has_change_permission(self, request, obj=None):
        # Whoever could change a superuser's address or password would be one.
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def user_change_password(self, request, id, form_url=""):  # noqa: A002
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def log_change(self, request, obj, message):
        # The only change that does not come by way of save_related.
        if request.resolver_match.url_name == "auth_user_password_change":
            self.audit(request, AuditEvent.Kind.PASSWORD_CHANGED, obj)
        return super().log_change(request, obj, message)


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    list_display = (
        "user",
        "role",
        "cluster",
        "profession",
        "health_board",
        "starts_on",
        "ends_on",
        "ended_at",
    )
    list_filter = (
        "role",
        ("ends_on", admin.EmptyFieldListFilter),
        ("ended_at", admin.EmptyFieldListFilter),
        "profession",
        "health_board",
        "cluster__health_board",
    )
    list_select_related = ("user", "cluster", "health_board")
    search_fields = (
        "user__email",
        "user__name",
        "cluster__name_cy",
        "cluster__name_en",
        "health_board__name_cy",
        "health_board__name_en",
    )
    ordering = ("user__email", "pk")
    autocomplete_fields = ("user", "cluster", "health_board")
    fields = (
        "user",
        "role",
        "cluster",
        "health_board",
        "profession",
        "starts_on",
        "ends_on",
        "ended_at",
    )
    readonly_fields = ("ended_at",)
    form = MembershipForm

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def delete_view(self, request, object_id, extra_context=None):
        own = request.user.memberships.filter(pk=unquote(object_id)).first()
        left = request.user.memberships.exclude(pk=own.pk) if own else ()
        if own and locks_out(request.user, left):
            self.message_user(request, NOT_ONESELF, messages.ERROR)
            return redirect("admin:organisations_membership_change", own.pk)
        return super().delete_view(request, object_id, extra_context)


class SubjectFilter(admin.SimpleListFilter):
    """By the kind of thing that something happened to."""

    title = _("kind of subject")
    parameter_name = "subject_type"

    def lookups(self, request, model_admin):
        kinds = AuditEvent.objects.order_by().values_list("subject_type", flat=True)
        found = ((kind, named(kind, "")) for kind in kinds.distinct() if kind)
        return sorted(found, key=lambda choice: choice[1])

    def queryset(self, request, queryset):
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Everything that was done; written by the service alone."""

    list_display = ("at", "kind", "by", "subject")
    fields = ("at", "kind", "by", "subject", "what_changed")
    list_filter = ("kind", SubjectFilter)
    list_select_related = ("by",)
    search_fields = ("by__email", "by__name", "subject_type", "=subject_id")
    search_help_text = pgettext_lazy(
        "audit events", "Search by person, kind of subject or its number."
    )
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description=_("subject"))
    def subject(self, event):
        """What it happened to, by its name in the language of the page and its number."""
        return named(event.subject_type, event.subject_id)

    @admin.display(description=_("details"))
    def what_changed(self, event):
        """What was there before and after; of other events, what they hold."""
        (row,) = rows([event])
        if not row.changes:
            return json.dumps(event.details, ensure_ascii=False)
        return render_to_string("admin/_history_row.html", {"row": row})
