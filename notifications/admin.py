"""Django admin for the log of e-mails: what was sent to whom, never what it said."""

from django.contrib import admin

from notifications.models import Message
from organisations.admin_base import ReadOnlyAdmin


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "address", "sent_at", "error")
    fields = (
        "created_at",
        "kind",
        "recipient",
        "address",
        "language",
        "subject",
        "about_type",
        "about_id",
        "sent_at",
        "error",
    )
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient",)
    search_fields = ("address", "recipient__name")
    date_hierarchy = "created_at"
    show_full_result_count = False
