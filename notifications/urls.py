"""Addresses for a forgotten password, and the demonstration's outbox."""

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
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:message>/", views.outbox_message, name="outbox_message"),
]
