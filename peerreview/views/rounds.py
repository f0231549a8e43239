"""Rounds: what is mine in them, planning, changing, choosing clusters and announcing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import LEAD_ROLES
from organisations.permissions import Permission, authorise, holds
from peerreview.forms.rounds import (
    AnnounceForm,
    ClustersForm,
    ReasonForm,
    RoundForm,
)
from peerreview.selectors.rounds import (
    announcement,
    choices_of,
    first_day,
    last_change,
    reviews_of,
    round_page,
)
from peerreview.services import groups
from peerreview.services import rounds as services
from peerreview.views.loading import visible_review, visible_round

CONFLICT = 409
FACILITATORS_CLUSTER = gettext_lazy(
    "The facilitator of that group works in this cluster. Choose another facilitator first."
)


def _sent(request):
    return request.POST if request.method == "POST" else None


def _to(review_round):
    return redirect("peerreview:round_detail", round=review_round.code)


def _organised(request, code):
    """The round of an address: 404 where one may not know of it, 403 where one does not arrange it."""
    review_round = visible_round(request, code)
    authorise(request.user, Permission.ORGANISE_ROUND, review_round)
    return review_round


def draw(request, template, context, *, form, changed=""):
    """The form; with ``changed``, what came in between, on what was typed."""
    status = 422 if form.errors else 200
    return render(
        request,
        f"peerreview/{template}.html",
        {"form": form, "errors": [changed] if changed else []} | context,
        status=CONFLICT if changed else status,
    )


def says_more(request, reason):
    """Whether a reason was sent that is not the one stored: it must not be dropped."""
    return request.POST.get("reason", "").split() not in ([], reason.split())


def changed_by(thing):
    """Who changed a round or a group last, as a line; the name stands outside sentences."""
    event = last_change(thing)
    if event is None:
        return ""
    at = date_format(timezone.localtime(event.at), "j F Y, H:i")
    return f"{event.by}, {at}" if event.by else at


# Looking ----------------------------------------------------------------------------------


def round_list(request):
    """What is mine to do in peer review, and the rounds that I arrange."""
    return render(
        request,
        "peerreview/round_list.html",
        {
            "mine": reviews_of(request.user),
            "may_begin": holds(request.user, Permission.ORGANISE_ROUND),
            "reads_library": holds(request.user, Permission.READ_LIBRARY),
        },
    )


def round_detail(request, round):  # noqa: A002
    """Where a round is, and the groups of it that one may know of."""
    review_round = visible_round(request, round)
    organises = holds(request.user, Permission.ORGANISE_ROUND, review_round)
    return render(
        request,
        "peerreview/round_detail.html",
        {
            "round": review_round,
            "page": round_page(review_round, user=request.user, organises=organises),
            "organises": organises,
        },
    )


# Planning ---------------------------------------------------------------------------------


def round_add(request):
    """Plan a round with its phases."""
    authorise(request.user, Permission.ORGANISE_ROUND)
    form = RoundForm(_sent(request), by=request.user)
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        values = form.values()
        values.setdefault("boards", "within")
        try:
            review_round = services.add_round(by=request.user, **values)
        except services.CodeTaken:
            form.add_error("code", _("This code is taken already. Choose another."))
        else:
            messages.success(
                request,
                _("The round is planned. Nobody knows of it until you announce it."),
            )
            return redirect("peerreview:round_clusters", round=review_round.code)
    return draw(request, "round_add", {}, form=form)


def round_edit(request, round):  # noqa: A002
    """Change a round and its phases."""
    review_round = _organised(request, round)
    form = RoundForm(_sent(request), by=request.user, review_round=review_round)
    changed, differences = "", []
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        values = form.values()
        phases = values.pop("phases")
        try:
            services.change_round(
                review_round=review_round,
                base_version=form.cleaned_data["version"],
                changes=values,
                phases=phases,
                by=request.user,
            )
        except (services.RoundChanged, services.FixedByClusters):
            review_round = _organised(request, round)
            changed = _("Somebody else has changed the round. Nothing was saved yet.")
            form = _on_what_is_there(request, review_round)
            differences = form.differences()
        except services.PhaseHasBegun:
            form.add_error(None, _("The first day of a phase that has begun stays."))
        except services.DaysNotRising:
            form.add_error(None, _("Phases follow each other and do not overlap."))
        else:
            messages.success(request, _("The round has been changed."))
            return _to(review_round)
    return draw(
        request,
        "round_edit",
        {
            "round": review_round,
            "differences": differences,
            "changed_by": changed_by(review_round) if changed else "",
        },
        form=form,
        changed=changed,
    )


def _on_what_is_there(request, review_round):
    """The form as it was typed, on the round as it is now."""
    data = request.POST.copy()
    data["version"] = str(review_round.version)
    return RoundForm(data, by=request.user, review_round=review_round).as_typed()


# Clusters ---------------------------------------------------------------------------------


def round_clusters(request, round):  # noqa: A002
    """Choose which clusters of the cycle take part, and in which language they like to meet."""
    review_round = _organised(request, round)
    choices = choices_of(review_round, services.may_take_part(review_round))
    form = ClustersForm(choices, _sent(request), is_announced=review_round.is_announced)
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        services.choose_clusters(
            review_round=review_round, by=request.user, **form.values()
        )
        messages.success(request, _("The clusters that take part are saved."))
        return _to(review_round)
    return draw(request, "round_clusters", {"round": review_round}, form=form)


def review_withdraw(request, round, cluster):  # noqa: A002
    """Take a cluster out of the round, with a reason."""
    review = visible_review(request, round, cluster)
    organises = holds(request.user, Permission.ORGANISE_ROUND, review.round)
    hindrance = _why_not_to_withdraw(request, review)
    if hindrance and not says_more(request, review.reason):
        messages.info(request, hindrance)
        return _after_withdrawal(review, organises)
    form = ReasonForm(
        _sent(request),
        label=_("Why does the cluster withdraw?"),
        hint=_("Whoever arranges the round reads this."),
        wanted=True,
        initial={"written_in": ""},
    )
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and not hindrance and form.is_valid():
        withdrawn = services.withdraw_cluster(
            review=review, by=request.user, **form.values()
        )
        if not says_more(request, withdrawn.reason):
            messages.success(request, _("The cluster has withdrawn from the round."))
            return _after_withdrawal(review, organises)
        hindrance = _("The cluster has withdrawn from the round already.")
    return draw(
        request,
        "round_withdraw",
        {"round": review.round, "review": review, "organises": organises},
        form=form,
        changed=hindrance,
    )


def _why_not_to_withdraw(request, review):
    """What came in between, in words; "" where nothing did, and 403 for whoever never could."""
    may = holds(request.user, Permission.WITHDRAW_FROM_REVIEW, review)
    leads = review.reflection.cluster_id in request.user.cluster_ids(*LEAD_ROLES)
    if not may and leads and says_more(request, ""):
        if review.round.is_closed:
            return _("The round is closed.")
        if review.agreed_at:
            return _("The group has recorded what it agreed.")
    authorise(request.user, Permission.WITHDRAW_FROM_REVIEW, review)
    if not review.takes_part:
        return _("The cluster has withdrawn from the round already.")
    return ""


def _after_withdrawal(review, organises):
    return _to(review.round) if organises else redirect("peerreview:round_list")


def review_take_back(request, round, cluster):  # noqa: A002
    """Let a cluster that withdrew take part again."""
    review_round = _organised(request, round)
    review = visible_review(request, round, cluster)
    if request.method == "POST":
        try:
            services.take_cluster_back(review=review, by=request.user)
        except groups.TakesOneCluster:
            messages.info(
                request,
                _("Another cluster is in its group now. Move that one first."),
            )
        except groups.FacilitatorsCluster:
            messages.info(request, FACILITATORS_CLUSTER)
        else:
            messages.success(request, _("The cluster takes part again."))
    return _to(review_round)


# Announcing -------------------------------------------------------------------------------


def round_announce(request, round):  # noqa: A002
    """Whom announcing concerns and what is missing; then announce, which cannot be undone."""
    review_round = _organised(request, round)
    form = AnnounceForm(_sent(request))
    changed = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.announce_round(
                review_round=review_round,
                by=request.user,
                seen=form.cleaned_data["seen"],
            )
        except services.AlreadyAnnounced:
            pass
        except services.RoundChanged:
            review_round = _organised(request, round)
            changed = " ".join(
                [
                    _(
                        "The round, its groups or their people have changed since you looked."
                    ),
                    _("Nothing was done. Look at what follows, and decide again."),
                ]
            )
        except (services.RoundOver, services.NothingToAnnounce):
            pass  # the page says so
        else:
            messages.success(
                request, _("The round is announced. People are told by e-mail.")
            )
            return _to(review_round)
        review_round = _organised(request, round)
    if review_round.is_announced:
        messages.info(request, _("The round has been announced."))
        return _to(review_round)
    preview = announcement(review_round, user=request.user)
    return draw(
        request,
        "round_announce",
        {
            "round": review_round,
            "preview": preview,
            "is_over": first_day(review_round, "closed") <= timezone.localdate(),
        },
        form=AnnounceForm(initial={"seen": preview.seen}),
        changed=changed,
    )
