"""Addresses for a forgotten password, one's own e-mails, and the demonstration's outbox."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("password/", views.password_reset, name="password_reset"),
    path("password/sent/", views.password_reset_sent, name="password_reset_sent"),
    path("password/done/", views.password_reset_done, name="password_reset_done"),
    path(
        "password/<str:uidb64>/<str:token>/",
        views.password_reset_confirm,
        name="password_reset_confirm",
    ),
    path("account/e-mails/", views.own_emails, name="own_emails"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/send-daily/", views.outbox_send_daily, name="outbox_send_daily"),
    path("outbox/<int:message>/", views.outbox_message, name="outbox_message"),
]
