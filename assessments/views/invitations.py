"""Accepting an invitation: the page behind its link."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from assessments.forms.people import NewAccountForm
from assessments.services import people as services
from organisations.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
REFUSALS = {
    services.Used: "used",
    services.Revoked: "revoked",
    services.Expired: "expired",
}


@login_not_required
@never_cache
def invitation(request, token):
    """Who invites to which cluster; only a button accepts, because programs open links too.

    Whoever has an account signs in to accept; whoever has none makes one here.
    """
    try:
        return _open(request, token)
    except services.AccountExists:  # made meanwhile: its owner signs in
        return redirect(request.path)
    except services.NotAccepted as refusal:
        return render(
            request,
            "assessments/invitation_refused.html",
            {"reason": REFUSALS.get(type(refusal), "expired")},
            status=410,
        )


def _open(request, token):
    offer = services.invitation_of(token)
    context = {"invitation": offer, "here": request.path}
    if request.user.is_authenticated:
        if User.normalise_email(request.user.email) != offer.email:
            context["case"] = "somebody_else"
        else:
            context["case"] = "accept"
            if request.method == "POST" and "switch_to" not in request.POST:
                services.accept(token=token, by=request.user)
                return _welcome(request, offer)
    elif User.objects.filter(email=offer.email).exists():
        context["case"] = "sign_in"
    else:
        context["case"] = "new"
        sent = request.POST if request.method == "POST" else None
        form = NewAccountForm(offer, sent)
        if "switch_to" in request.POST:
            form = form.as_typed()
        elif request.method == "POST" and form.is_valid():
            person = services.accept_as_new(
                token=token,
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
                password=form.cleaned_data["new_password1"],
            )
            login(request, person, backend=BACKEND)
            return _welcome(request, offer)
        context["form"] = form
    return render(request, "assessments/invitation.html", context)


def _welcome(request, offer):
    with override(request.user.language or get_language()):
        messages.success(request, _("Welcome. You now work in this cluster."))
        return redirect(reverse("people:people_list", args=[offer.cluster.code]))
