"""Groups: looking at one, when and where it meets, its clusters and its people."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.permissions import Permission, authorise, holds
from peerreview.forms.groups import AssignmentForm, MeetingForm, PersonForm
from peerreview.models import Assignment, ReviewGroup
from peerreview.selectors.groups import candidates, load_groups
from peerreview.selectors.rounds import phase_rows
from peerreview.services import assignments, groups
from peerreview.views.loading import visible_group, visible_review, visible_round
from peerreview.views.rounds import CONFLICT, FACILITATORS_CLUSTER, changed_by

REFUSED = {
    assignments.CannotSignIn: gettext_lazy(
        "This person can no longer sign in. Choose somebody else."
    ),
    assignments.OnlyOwnClusters: gettext_lazy(
        "This person works in every cluster of the group, and nobody reviews their own. "
        "Choose somebody else, or a group with other clusters."
    ),
    assignments.OwnCluster: gettext_lazy(
        "This person works in a cluster of the group. A facilitator comes from elsewhere."
    ),
    assignments.FacilitatorThere: gettext_lazy(
        "The group has a facilitator. Replace them on the page of the group."
    ),
}


def _sent(request):
    return request.POST if request.method == "POST" else None


def to_group(group):
    return redirect(
        "peerreview:group_detail", round=group.round.code, group=group.number
    )


def _to_edit(group):
    return redirect("peerreview:group_edit", round=group.round.code, group=group.number)


def _to_round(review_round, anchor):
    url = reverse("peerreview:round_detail", kwargs={"round": review_round.code})
    return redirect(f"{url}#{anchor}")


def _organised(request, round_code, number):
    group = visible_group(request, round_code, number)
    authorise(request.user, Permission.ORGANISE_ROUND, group.round)
    return group


def _row(request, group, *, organises):
    """The group with its clusters and people: six queries."""
    (row,) = load_groups(
        group.round,
        ReviewGroup.objects.visible_to(request.user).filter(pk=group.pk),
        user=request.user,
        organises=organises,
    )
    return row


def group_detail(request, round, group):  # noqa: A002
    """Who is in a group, when it meets, and what is one's own to do."""
    group = visible_group(request, round, group)
    organises = holds(request.user, Permission.ORGANISE_ROUND, group.round)
    row = _row(request, group, organises=organises)
    return render(
        request,
        "peerreview/group_detail.html",
        {
            "round": group.round,
            "group": group,
            "row": row,
            "phases": phase_rows(group.round),
            "mine": row.of(request.user),
            "own": [cluster for cluster in row.clusters if cluster.is_own],
            "organises": organises,
            "sees_record": organises or bool(row.of(request.user)),
        },
    )


def group_edit(request, round, group):  # noqa: A002
    """When and where a group meets; from here, its people and clusters."""
    group = _organised(request, round, group)
    form = MeetingForm(group, _sent(request))
    errors, was = [], None
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            changed = groups.change_group(
                group=group,
                base_version=form.cleaned_data["version"],
                changes=form.values(),
                by=request.user,
            )
        except groups.GroupChanged:
            group = was = _organised(request, round, group.number)
            errors = [
                _("Somebody else has changed the meeting. Nothing was saved yet.")
            ]
            data = request.POST.copy()
            data["version"] = str(group.version)
            form = MeetingForm(group, data).as_typed()
        else:
            if "then" not in request.POST or changed.version != group.version:
                messages.success(request, _("The meeting has been saved."))
            return _next(changed, request.POST.get("then", ""))
    row = _row(request, group, organises=True)
    status = 422 if form.errors else 200
    return render(
        request,
        "peerreview/group_edit.html",
        {
            "round": group.round,
            "group": group,
            "row": row,
            "form": form,
            "was": was,
            "changed_by": changed_by(group) if was else "",
            "other_groups": group.round.groups.exclude(pk=group.pk),
            "errors": errors,
        },
        status=CONFLICT if errors else status,
    )


def _next(group, then):
    """Where a button leads that saves the meeting first: to the people or clusters of the group."""
    what, _dash, number = then.partition("-")
    where = {"round": group.round.code, "group": group.number}
    if what in {"replace", "remove"} and number.isdecimal() and len(number) < 10:
        where["assignment"] = int(number)
        return redirect(f"peerreview:assignment_{what}", **where)
    if what == "clusters":
        return _to_round(group.round, f"group-{group.number}")
    if what in Assignment.Role.values:
        return redirect(
            reverse("peerreview:assignment_add", kwargs=where) + f"?role={what}"
        )
    return to_group(group)


def group_add(request, round):  # noqa: A002
    """A group without clusters yet."""
    review_round = visible_round(request, round)
    authorise(request.user, Permission.ORGANISE_ROUND, review_round)
    if request.method != "POST":
        return redirect("peerreview:round_detail", round=review_round.code)
    group = groups.add_group(review_round=review_round, by=request.user)
    messages.success(request, "{}: {}".format(_("A group was added"), group.number))
    return redirect("peerreview:round_detail", round=review_round.code)


def group_remove(request, round, group):  # noqa: A002
    """Remove a group that nobody is in."""
    group = _organised(request, round, group)
    if request.method != "POST":
        return _to_edit(group)
    try:
        groups.remove_group(group=group, by=request.user)
    except groups.GroupInUse:
        messages.info(
            request,
            _(
                "The group has clusters, people or a meeting that was held, so it stays. "
                "Move its clusters and remove its people first."
            ),
        )
        return _to_edit(group)
    messages.success(request, _("The group was removed."))
    return redirect("peerreview:round_detail", round=group.round.code)


def review_move(request, round, cluster):  # noqa: A002
    """Put a cluster into another group, or into none."""
    review_round = visible_round(request, round)
    authorise(request.user, Permission.ORGANISE_ROUND, review_round)
    review = visible_review(request, round, cluster)
    number, shown = request.POST.get("group", ""), request.POST.get("from", "")
    is_grouped = shown.isdecimal() and len(shown) < 5 and int(shown)
    place = f"group-{int(shown)}" if is_grouped else "without-group"
    to_round = _to_round(review_round, place)
    if request.method != "POST":
        return redirect("peerreview:round_detail", round=review_round.code)
    if not number.isdecimal() or len(number) > 4:
        messages.info(request, _("Choose the group to which the cluster moves."))
        return to_round
    group = (
        get_object_or_404(review_round.groups, number=int(number))
        if int(number)
        else None
    )
    try:
        groups.move_cluster(
            review=review,
            group=group,
            came_from=int(shown) if shown.isdecimal() and len(shown) < 5 else None,
            by=request.user,
        )
    except groups.ClusterMoved:
        messages.info(
            request,
            _(
                "Somebody else has moved the cluster meanwhile. It stays where it is now: look "
                "again."
            ),
        )
    except groups.TakesOneCluster:
        messages.info(
            request,
            _("In a whole-cycle round, a group is of one cluster. It was not moved."),
        )
    except groups.FacilitatorsCluster:
        messages.info(request, FACILITATORS_CLUSTER)
    else:
        messages.success(
            request, "{}: {}".format(_("The cluster was moved"), review.cluster.name)
        )
        if group:
            return _to_round(review_round, f"group-{group.number}")
    return to_round


# People -----------------------------------------------------------------------------------


def assignment_add(request, round, group):  # noqa: A002
    """Ask somebody to review or to facilitate in a group."""
    group = _organised(request, round, group)
    form = AssignmentForm(
        candidates(group),
        _sent(request),
        initial={"role": request.GET.get("role", Assignment.Role.REVIEWER)},
    )

    def act(user):
        assignments.assign(
            group=group, user=user, role=form.cleaned_data["role"], by=request.user
        )

    return _choosing(request, group, form, act)


def assignment_replace(request, round, group, assignment):  # noqa: A002
    """Ask somebody to do what another was to do in a group."""
    group = _organised(request, round, group)
    assignment = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related(
            "group__round", "user"
        ),
        group=group,
        pk=assignment,
    )
    if assignment.ended_at:
        messages.info(request, _("This person is no longer in the group."))
        return _to_edit(group)
    form = PersonForm(candidates(group), _sent(request))

    def act(user):
        assignments.replace(assignment=assignment, user=user, by=request.user)

    return _choosing(request, group, form, act, replaced=assignment)


def _choosing(request, group, form, act, *, replaced=None):
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        user = form.cleaned_data["user"]
        try:
            act(user)
        except tuple(REFUSED) as refusal:
            field = "email" if form.cleaned_data.get("email") else "person"
            form.add_error(field, REFUSED[type(refusal)])
        except assignments.AlreadyEnded:
            messages.info(request, _("This person is no longer in the group."))
            return _to_edit(group)
        else:
            messages.success(request, "{}: {}".format(_("In the group now"), user))
            return _to_edit(group)
    return render(
        request,
        "peerreview/group_person.html",
        {"round": group.round, "group": group, "form": form, "replaced": replaced},
        status=422 if form.errors else 200,
    )


def assignment_remove(request, round, group, assignment):  # noqa: A002
    """What it means that somebody leaves a group; then take them out."""
    group = _organised(request, round, group)
    assignment = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related(
            "group__round", "user"
        ),
        group=group,
        pk=assignment,
    )
    if assignment.ended_at:
        messages.info(request, _("This person is no longer in the group."))
        return _to_edit(group)
    if request.method == "POST" and "switch_to" not in request.POST:
        assignments.remove(assignment=assignment, by=request.user)
        messages.success(
            request, "{}: {}".format(_("No longer in the group"), assignment.user)
        )
        return _to_edit(group)
    return render(
        request,
        "peerreview/group_take_out.html",
        {"round": group.round, "group": group, "assignment": assignment},
    )
