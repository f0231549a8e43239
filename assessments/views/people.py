"""The people of a cluster: who is here, who was asked, and who has which right."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms.people import (
    SOMEBODY_ELSE,
    DeputyForm,
    HandOverForm,
    InviteForm,
    NextLeadForm,
)
from assessments.models import Action
from assessments.selectors.people import contributors, people_here, people_of
from assessments.services import people as services
from organisations.models import Cluster, Role, User
from organisations.permissions import Permission, authorise, holds

NOT_HERE = gettext_lazy("This person no longer works in the cluster.")
ASKED_TOO_OFTEN = gettext_lazy(
    "Five invitations have gone to this address today. Wait until tomorrow before you send another."
)
LONGEST_NUMBER = 18  # digits of a number that a database holds


def visible_cluster(request, code, permission=Permission.VIEW_PEOPLE):
    """The cluster of an address: 404 for strangers, 403 for who may know of it but not do this."""
    cluster = get_object_or_404(
        Cluster.objects.visible_to(request.user).select_related("health_board"),
        code=code,
    )
    authorise(request.user, permission, cluster)
    return cluster


def _sent(request):
    return request.POST if request.method == "POST" else None


def _the_list(cluster):
    return redirect("people:people_list", cluster=cluster.code)


def people_list(request, cluster):
    """Who works here, who was invited, who left; and the ways to change that."""
    cluster = visible_cluster(request, cluster)
    people = people_of(cluster, reader=request.user)
    return render(
        request,
        "assessments/people_list.html",
        {"cluster": cluster, "people": people},
    )


# Inviting --------------------------------------------------------------------------------


def person_invite(request, cluster):
    """Ask somebody by e-mail to contribute."""
    cluster = visible_cluster(request, cluster, Permission.MANAGE_PEOPLE)
    return _invitation_page(
        request,
        cluster,
        InviteForm,
        services.invite,
        "assessments/person_invite.html",
    )


def lead_invite(request, cluster):
    """Ask somebody by e-mail to lead a cluster that has no lead; for its board's officer."""
    cluster = visible_cluster(request, cluster, Permission.APPOINT_LEAD)
    return _invitation_page(
        request,
        cluster,
        NextLeadForm,
        services.invite_next_lead,
        "assessments/lead_invite.html",
    )


def _invitation_page(request, cluster, make_form, invite, template):
    form = make_form(_sent(request), initial={"email": request.GET.get("email", "")})
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            invitation = invite(cluster=cluster, by=request.user, **form.cleaned_data)
        except services.AlreadyHere:
            form.add_error("email", _("This person works in the cluster already."))
        except services.AlreadyInvited:
            form.add_error(
                "email",
                _(
                    "This person was invited already. Send the invitation again instead."
                ),
            )
        except services.AskedTooOften:
            form.add_error("email", ASKED_TOO_OFTEN)
        except services.TooManyInvitations:
            form.add_error(
                None,
                _(
                    "Too many invitations are waiting. Withdraw those that you do not need."
                ),
            )
        else:
            messages.success(
                request,
                _("The invitation is on its way.")
                if invitation
                else _("The cluster has a new lead."),
            )
            return _the_list(cluster)
    return render(request, template, {"cluster": cluster, "form": form})


def invitation_resend(request, cluster, invitation):
    return _invitation_pressed(
        request,
        cluster,
        invitation,
        services.resend,
        _("The invitation is on its way again. The earlier link no longer works."),
    )


def invitation_revoke(request, cluster, invitation):
    return _invitation_pressed(
        request,
        cluster,
        invitation,
        services.revoke,
        _("The invitation was withdrawn. Its link no longer works."),
    )


def _invitation_pressed(request, cluster, invitation, act, done):
    cluster = visible_cluster(request, cluster)
    if not (
        holds(request.user, Permission.MANAGE_PEOPLE, cluster)
        or holds(request.user, Permission.APPOINT_LEAD, cluster)
    ):
        raise PermissionDenied("no invitations of this person's to press")
    if request.method != "POST":  # a reloaded or remembered address
        return _the_list(cluster)
    invitation = get_object_or_404(cluster.invitations, pk=invitation)
    try:
        act(invitation=invitation, by=request.user)
    except services.Used:
        messages.info(request, _("The invitation has been accepted already."))
    except services.Revoked:
        messages.info(request, _("The invitation has been withdrawn already."))
    except services.AskedTooOften:
        messages.error(request, ASKED_TOO_OFTEN)
    else:
        messages.success(request, done)
    return _the_list(cluster)


# The lead's right --------------------------------------------------------------------------


def deputy_nominate(request, cluster):
    """Give a contributor the lead's right until a day."""
    cluster = visible_cluster(request, cluster, Permission.NOMINATE_DEPUTY)
    people = contributors(cluster)
    form = DeputyForm(people, _sent(request))
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            services.nominate_deputy(
                cluster=cluster, by=request.user, **form.cleaned_data
            )
        except services.NotHere:
            form.add_error("person", NOT_HERE)
        else:
            messages.success(request, _("This person now has the lead's right."))
            return _the_list(cluster)
    return render(
        request,
        "assessments/deputy_nominate.html",
        {"cluster": cluster, "form": form, "people": people},
    )


def deputy_end(request, cluster, person):
    cluster = visible_cluster(request, cluster, Permission.NOMINATE_DEPUTY)
    if request.method != "POST":  # a reloaded or remembered address
        return _the_list(cluster)
    services.end_deputy(
        cluster=cluster, person=_somebody(cluster, person), by=request.user
    )
    messages.success(request, _("This person no longer has the lead's right."))
    return _the_list(cluster)


def hand_over(request, cluster):
    """Name the next lead; shown once more before anything is done."""
    cluster = visible_cluster(request, cluster, Permission.HAND_OVER)
    form = HandOverForm(contributors(cluster), _sent(request))
    context = {"cluster": cluster, "form": form}
    if "switch_to" in request.POST or "change" in request.POST:
        context["form"] = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            return render(request, "assessments/hand_over_check.html", context)
        try:
            done = _hand_over(cluster, form, by=request.user)
        except services.NotHere:
            form.add_error("person", NOT_HERE)
        except services.AlreadyHere:
            form.add_error("email", _("This person leads the cluster already."))
        except services.AskedTooOften:
            form.add_error("email", ASKED_TOO_OFTEN)
        except services.TooManyInvitations:
            form.add_error(
                None,
                _(
                    "Too many invitations are waiting. Withdraw those that you do not need."
                ),
            )
        else:
            messages.success(request, done)
            user = User.objects.get(pk=request.user.pk)
            stays = holds(user, Permission.VIEW_PEOPLE, cluster)
            return _the_list(cluster) if stays else redirect("home")
    return render(request, "assessments/hand_over.html", context)


def _hand_over(cluster, form, *, by):
    person = form.cleaned_data["person"]
    if person != SOMEBODY_ELSE:
        services.hand_over(cluster=cluster, person=person, leaves=form.leaves, by=by)
    elif services.invite_next_lead(
        cluster=cluster, email=form.cleaned_data["email"], leaves=form.leaves, by=by
    ):
        return _(
            "The invitation is on its way. You lead the cluster until it is accepted."
        )
    return _("The cluster has a new lead.")


# Leaving ---------------------------------------------------------------------------------


def person_remove(request, cluster, person):
    """End a contributor's part in the cluster, after a question."""
    cluster = visible_cluster(request, cluster, Permission.MANAGE_PEOPLE)
    user = _somebody(cluster, person)
    here = [one for one in people_here(cluster) if one.user == user]
    if not here:  # pressed twice, or gone meanwhile
        return _the_list(cluster)
    if request.method == "POST":
        services.remove(cluster=cluster, person=user, by=request.user)
        messages.success(
            request,
            _(
                "This person no longer works in the cluster. You can take them back below."
            ),
        )
        return _the_list(cluster)
    if here[0].is_lead or user == request.user:
        raise PermissionDenied("a lead hands over, and people leave themselves")
    return render(
        request,
        "assessments/person_remove.html",
        {"cluster": cluster, "person": here[0]},
    )


def person_restore(request, cluster, person):
    cluster = visible_cluster(request, cluster, Permission.MANAGE_PEOPLE)
    if request.method != "POST":  # a reloaded or remembered address
        return _the_list(cluster)
    try:
        services.restore(
            cluster=cluster, person=_somebody(cluster, person), by=request.user
        )
    except services.NotHere:
        messages.info(request, _("This person left a while ago. Invite them instead."))
    else:
        messages.success(request, _("This person works in the cluster again."))
    return _the_list(cluster)


def cluster_leave(request, cluster):
    """End one's own part in the cluster, after a question."""
    cluster = visible_cluster(request, cluster)
    if cluster.pk not in request.user.cluster_ids(
        Role.CLUSTER_LEAD, Role.DEPUTY_LEAD, Role.CONTRIBUTOR
    ):
        raise PermissionDenied("not of the cluster")
    is_last_lead = not any(
        person.is_lead and person.user.is_active and person.user != request.user
        for person in people_here(cluster)
    ) and holds(request.user, Permission.HAND_OVER, cluster)
    if request.method == "POST" and not is_last_lead:
        services.leave(cluster=cluster, by=request.user)
        messages.success(request, _("You no longer work in the cluster."))
        return redirect("home")
    return render(
        request,
        "assessments/cluster_leave.html",
        {"cluster": cluster, "is_last_lead": is_last_lead},
    )


def action_give(request, cluster, action):
    """Give an action of somebody who left to somebody who is here."""
    cluster = visible_cluster(request, cluster, Permission.MANAGE_PEOPLE)
    if request.method != "POST":  # a reloaded or remembered address
        return _the_list(cluster)
    action = get_object_or_404(
        Action.objects.visible_to(request.user).select_related("reflection__cluster"),
        pk=action,
        reflection__cluster=cluster,
    )
    chosen = request.POST.get("person", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) <= LONGEST_NUMBER):
        messages.error(request, _("Choose a person."))
        return _the_list(cluster)
    try:
        services.give_action(
            action=action, person=_somebody(cluster, chosen), by=request.user
        )
    except services.NotHere:
        messages.error(request, NOT_HERE)
    else:
        messages.success(request, _("The action has a new owner."))
    return _the_list(cluster)


def _somebody(cluster, pk):
    """A person who works or worked in the cluster; anybody else is 404."""
    person = User.objects.filter(pk=pk, memberships__cluster=cluster).first()
    if person is None:
        raise Http404
    return person
