"""Signing in and out, and one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from organisations.audit import record
from organisations.forms import AccountForm, SignInForm
from organisations.models import AuditEvent


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    """Django's own, with the person's language for the page that follows."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self):
        with override(self.request.user.language or get_language()):
            return reverse(settings.LOGIN_REDIRECT_URL)


sign_in = SignIn.as_view()


def sign_out(request):
    """Only a button signs out; whoever opens the address is led to the start page."""
    if request.method != "POST":
        return redirect("home")
    return auth_views.LogoutView.as_view()(request)


def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """After five wrong passwords for one name from one address; a quarter of an hour."""
    return render(request, "registration/locked_out.html", status=429)


def account(request):
    """Who one is here, one's language, and what one is to whom."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            record(
                AuditEvent.Kind.CHANGED, by=user, subject=user, fields=form.changed_data
            )
        messages.success(request, _("Your account has been saved."))
        return redirect("account")
    return render(
        request,
        "registration/account.html",
        {"form": form, "memberships": request.user.current_memberships},
    )


def password_change(request):
    """Give oneself a new password; every other session of this person ends."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            record(AuditEvent.Kind.PASSWORD_CHANGED, by=user, subject=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password has been changed."))
        return redirect("account")
    return render(request, "registration/password_change_form.html", {"form": form})
