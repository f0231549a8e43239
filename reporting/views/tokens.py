"""Personal tokens, by which one's own programs read; and what they can read, in words."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.permissions import Permission, authorise
from reporting.api import service
from reporting.forms.tokens import TokenForm
from reporting.models import PersonalToken
from reporting.services import tokens as services

MOST_SHOWN = 50  # the newest; a person's token of ten years ago is of no interest


@require_safe
def token_list(request):
    """One's tokens: those that work, and those that did."""
    authorise(request.user, Permission.HOLD_TOKENS)
    own = PersonalToken.objects.visible_to(request.user)
    return render(
        request,
        "reporting/token_list.html",
        {"tokens": own[:MOST_SHOWN], "most": services.MOST_AT_ONCE},
    )


def token_make(request):
    """A form for a new token; its answer shows the secret, this once."""
    authorise(request.user, Permission.HOLD_TOKENS)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            token, secret = services.make_token(
                name=form.cleaned_data["name"], lasts=form.lasts, by=request.user
            )
        except services.NameTaken:
            form.add_error(
                "name",
                _("You have a token of this name that works. Choose another name."),
            )
        except services.TooManyTokens:
            form.add_error(
                None,
                _("You have as many tokens as one person may have. Revoke one first."),
            )
        else:
            return render(
                request,
                "reporting/token_made.html",
                {"token": token, "secret": secret, "root": service.ROOT},
            )
    return render(request, "reporting/token_make.html", {"form": form})


def token_revoke(request, personal_token):
    """Take a token back: a button of the list."""
    authorise(request.user, Permission.HOLD_TOKENS)
    token = get_object_or_404(
        PersonalToken.objects.visible_to(request.user), pk=personal_token
    )
    if request.method == "POST":
        services.revoke_token(token=token, by=request.user)
        messages.success(
            request,
            _("Revoked: %(name)s. It opens nothing any more.") % {"name": token.name},
        )
    return redirect("tokens:token_list")


@require_safe
def api_guide(request):
    """What programs can read, in words: every address and its parameters."""
    authorise(request.user, Permission.HOLD_TOKENS)
    document = service.description()
    addresses = [
        {
            "path": path,
            "summary": methods["get"]["summary"],
            "parameters": methods["get"]["parameters"],
        }
        for path, methods in document["paths"].items()
    ]
    parameters = {}
    for address in addresses:
        for each in address["parameters"]:
            said = parameters.setdefault(each["name"], [])
            if each["description"] not in said:
                said.append(each["description"])
    return render(
        request,
        "reporting/api_guide.html",
        {
            "root": service.ROOT,
            "summary": document["info"]["description"],
            "addresses": addresses,
            "parameters": parameters.items(),
            "requests_a_minute": services.REQUESTS_A_MINUTE,
        },
    )
