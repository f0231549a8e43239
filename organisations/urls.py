"""Addresses for signing in and for one's own account."""

from django.urls import path

from organisations import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("session/", views.session, name="session"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password_change, name="password_change"),
]
