"""The admin site itself: its name, and its sign-in, which is the service's own."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _


@login_not_required
def sign_in(request, extra_context=None):
    """Lead to the service's own sign-in, and from there to the page that was asked for."""
    asked_for = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        asked_for, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        asked_for = reverse("admin:index")
    if request.user.is_authenticated:
        if not admin.site.has_permission(request):
            raise PermissionDenied("Django admin is for administrators")
        # An address, also where it looks like the name of one.
        return HttpResponseRedirect(asked_for)
    return redirect(f"{reverse('sign_in')}?{urlencode({'next': asked_for})}")


def change_password(request, extra_context=None):
    """Lead to the service's own page, which writes the change down."""
    return redirect("password_change")


admin.site.site_header = _("Cluster development")
admin.site.site_title = _("Cluster development")
admin.site.index_title = _("Administration")
admin.site.site_url = reverse_lazy("home")
admin.site.login = sign_in
admin.site.password_change = change_password
# Things are removed one at a time, each with its own confirmation and audit event.
admin.site.disable_action("delete_selected")
