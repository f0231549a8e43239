"""Django admin for assessment cycles, and for nothing that clusters write in them."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin_clusters import ChangingClusterAdmin
from assessments.admin_needs import NeedTagAdmin
from assessments.models import Cycle
from assessments.selectors.cycles import closing_preview
from assessments.services import (
    HourPassed,
    NotPublished,
    add_cycle,
    change_cycle,
    close_cycle,
    open_cycle,
)
from frameworks.models import Edition
from organisations.admin_base import BilingualAdmin

__all__ = ["ChangingClusterAdmin", "CycleAdmin", "NeedTagAdmin"]


@admin.register(Cycle)
class CycleAdmin(BilingualAdmin):
    list_display = (
        "name",
        "edition",
        "opens_at",
        "closes_at",
        "opened_at",
        "closed_at",
    )
    list_select_related = ("edition",)
    search_fields = ("code", "name_cy", "name_en")
    fields = (
        "name",
        "code",
        "edition",
        "opens_at",
        "closes_at",
        "opened_at",
        "closed_at",
    )
    actions = ("open_cycles", "close_cycles")

    def get_readonly_fields(self, request, obj=None):
        fields = ["opened_at", "closed_at"]
        if obj:
            fields.append("code")
        if obj and obj.opened_at:
            # A later closing hour has a page of its own, which asks for the reason.
            fields += ["edition", "opens_at", "closes_at"]
        return fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "edition":
            kwargs["queryset"] = Edition.objects.published()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if change:
            changes = {name: getattr(obj, name) for name in form.changed_data}
            change_cycle(cycle=obj, changes=changes, by=request.user)
        else:
            names = ("code", "name_cy", "name_en", "edition", "opens_at", "closes_at")
            fields = {name: getattr(obj, name) for name in names}
            obj.pk = add_cycle(by=request.user, **fields).pk
        if obj.closed_at is None and obj.closes_at <= timezone.now():
            self.say(request, obj, _("its closing hour is in the past."))

    def save_related(self, request, form, formsets, change):
        """Nothing: a cycle is one row, and the services have written down what they changed."""

    @admin.action(permissions=["change"], description=gettext_lazy("Open the cycle"))
    def open_cycles(self, request, queryset):
        if "confirmed" not in request.POST:
            return self.ask(
                request,
                queryset,
                "open_cycles",
                _("Open the cycle"),
                _(
                    "Every cluster gets a self-reflection, and can answer from the hour at "
                    "which the cycle opens. The edition of the cycle can then no longer be "
                    "changed."
                ),
            )
        for cycle in queryset:
            if cycle.closed_at:
                self.say(request, cycle, _("it is closed, and cannot be opened again."))
                continue
            try:
                cycle = open_cycle(cycle=cycle, by=request.user)
            except NotPublished:
                self.say(request, cycle, _("its edition is not published."))
                continue
            except HourPassed:
                self.say(request, cycle, _("its closing hour is in the past."))
                continue
            count = cycle.reflections.count()
            self.say(
                request,
                cycle,
                _("it is open. Self-reflections: %(count)s.") % {"count": count},
                messages.SUCCESS,
            )
        return None

    @admin.action(permissions=["change"], description=gettext_lazy("Close the cycle"))
    def close_cycles(self, request, queryset):
        if "confirmed" not in request.POST:
            return self.ask(
                request,
                queryset,
                "close_cycles",
                _("Close the cycle"),
                _(
                    "Nothing in the cycle can be changed any more. Drafts that were not sent "
                    "become “not submitted”; their clusters can still read them. A cycle that "
                    "is closed cannot be opened again."
                ),
                notes=[
                    f"{cycle}: {note}"  # The name stands outside the sentence.
                    for cycle in queryset
                    if cycle.opened_at and not cycle.closed_at
                    for note in _before_closing(cycle, by=request.user)
                ],
            )
        for cycle in queryset:
            if not cycle.opened_at or cycle.closed_at:
                self.say(request, cycle, _("it is not open."))
                continue
            close_cycle(cycle=cycle, by=request.user)
            self.say(request, cycle, _("it is closed."), messages.SUCCESS)
        return None


def _before_closing(cycle, *, by):
    """What else ends when ``cycle`` is closed now."""
    preview = closing_preview(cycle, by=by)
    if preview.is_early:
        closes_at = timezone.localtime(cycle.closes_at)
        yield _(
            "the closing hour that was announced is still ahead: %(date)s, %(time)s."
        ) % {
            "date": date_format(closes_at, "j F Y"),
            "time": date_format(closes_at, "H:i"),
        }
    if count := preview.never_submitted.count:
        yield _("drafts that become “not submitted”: %(count)s.") % {"count": count}
    if count := preview.running_extensions.count:
        yield _("extensions that still run, and end with the cycle: %(count)s.") % {
            "count": count
        }
