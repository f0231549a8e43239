"""Signing in and out, and one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cdf_site.common import sessions
from cdf_site.common.scripts import by_script
from organisations.audit import record
from organisations.forms import AccountForm, ChangePasswordForm, SignInForm
from organisations.models import AuditEvent
from organisations.permissions import Permission, holds
from organisations.services.needs import NoteChanged, save_own_account

LOCKED_OUT = gettext_lazy(
    "The password was wrong five times. Wait a quarter of an hour and try again, or ask an administrator for a new password."
)
CHANGED_ELSEWHERE = gettext_lazy(
    "Your note for meetings was changed in another tab or on another device since you opened this "
    "page. Nothing was saved: both texts are below. Make of yours what you want to keep, and save "
    "again."
)


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    """Django's own, with the person's language for the page that follows.

    For the script of a page whose session ended the answers are JSON, with the new token for the
    forms of that page; whoever had signed in there meanwhile is signed out.
    """

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.redirect_authenticated_user = not by_script(request)

    def form_valid(self, form):
        response = super().form_valid(form)
        if by_script(self.request):
            return JsonResponse(_whose_session(self.request))
        return response

    def form_invalid(self, form):
        if by_script(self.request):
            first = next(iter(form.errors.values()))[0]
            return JsonResponse({"error": first}, status=422)
        return super().form_invalid(form)

    def get_default_redirect_url(self):
        with override(self.request.user.language or get_language()):
            return reverse(settings.LOGIN_REDIRECT_URL)


sign_in = SignIn.as_view()


def sign_out(request):
    """Only a button signs out; whoever opens the address is led to the start page.

    What the browser keeps of the person's typing goes with them. The page's script clears just
    that, and says where something of somebody else's is left that has not been sent yet.
    """
    if request.method != "POST":
        return redirect("home")
    response = auth_views.LogoutView.as_view()(request)
    if request.GET.get("others") != "kept":
        response["Clear-Site-Data"] = '"storage"'
    return response


def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """After five wrong passwords for one name from one address; a quarter of an hour."""
    if by_script(request):
        return JsonResponse({"error": LOCKED_OUT}, status=429)
    return render(
        request,
        "registration/locked_out.html",
        {"sentence": LOCKED_OUT},
        status=429,
    )


def _whose_session(request):
    user = request.user
    return {
        "person": str(user.pk) if user.is_authenticated else None,
        "token": get_token(request),
    }


@login_not_required
@never_cache
@sessions.does_not_prolong
def session(request):
    """Whose session it is and how long it lasts, for scripts; a POST makes it last longer.

    Asking is no sign of a person: a page left open would never end its session.
    """
    signed_in = request.user.is_authenticated
    if request.method == "POST":
        if signed_in:
            sessions.prolong(request.session, at_once=True)
        if not by_script(request):
            return HttpResponseRedirect(
                _way_back(request) if signed_in else reverse("sign_in")
            )
    left = sessions.time_left(request.session) if signed_in else None
    return JsonResponse(
        _whose_session(request)
        | {
            "seconds_left": left.seconds if left else None,
            "may_extend": bool(left and left.may_extend),
        }
    )


def _way_back(request):
    """The page of ours that the form names, by its path: anything else leads to the start page."""
    address = request.POST.get("next", "")
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts=None
    )
    return address if is_ours else reverse("home")


def account(request):
    """Who one is here, how one likes to receive things, and what one is to whom."""
    sent = request.POST if request.method == "POST" else None
    form = AccountForm(request.user, sent)
    # A page that shows two notes goes on showing both until one of them is saved.
    stored, status = (request.user if "both" in request.POST else None), 200
    if "switch_to" in request.POST:  # shown in the other language as it was typed
        form = form.as_typed()
    elif form.is_valid():
        try:
            save_own_account(
                changes=form.changes(),
                seen=form.seen_note(),
                language=get_language(),
                by=request.user,
            )
        except NoteChanged as changed:
            stored, status = changed.person, 409
            form = form.beside(stored)
        else:
            messages.success(request, _("Your account has been saved."))
            return redirect("account")
    elif form.is_bound:
        status = 422
    return render(
        request,
        "registration/account.html",
        {
            "form": form,
            "stored": stored,
            "errors": [CHANGED_ELSEWHERE] if stored else [],
            "memberships": request.user.current_memberships,
            "may_hold_tokens": holds(request.user, Permission.HOLD_TOKENS),
        },
        status=status,
    )


def password_change(request):
    """Give oneself a new password; every other session of this person ends."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            record(AuditEvent.Kind.PASSWORD_CHANGED, by=user, subject=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password has been changed."))
        return redirect("account")
    return render(request, "registration/password_change_form.html", {"form": form})
