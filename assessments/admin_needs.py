"""The list of barriers and support needs in Django admin."""

from django.contrib import admin
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from assessments.models import NeedTag
from assessments.needs import is_in_use
from assessments.services.needs import put_tag_in_its_place
from organisations.admin_base import BilingualAdmin


@admin.register(NeedTag)
class NeedTagAdmin(BilingualAdmin):
    """What clusters choose from; what one has chosen is withdrawn from the list, and not removed."""

    list_display = ("name", "kind", "number", "is_offered", "code")
    list_filter = ("kind", "is_offered")
    search_fields = ("name_cy", "name_en", "code")
    fields = ("name", "kind", "code", "number", "is_offered")

    def get_readonly_fields(self, request, obj=None):
        # Answers refer to the code, each question to a kind.
        return ("kind", "code") if obj else ()

    def get_changeform_initial_data(self, request):
        last = NeedTag.objects.aggregate(last=Max("number"))["last"] or 0
        return {"number": last + 1} | super().get_changeform_initial_data(request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "number":
            field.help_text = _(
                "The place it has. What stands there now moves on by one."
            )
        return field

    def has_delete_permission(self, request, obj=None):
        if obj is not None and is_in_use(obj):
            return False
        return super().has_delete_permission(request, obj)

    def save_related(self, request, form, formsets, change):
        put_tag_in_its_place(tag=form.instance, by=request.user)
        super().save_related(request, form, formsets, change)
