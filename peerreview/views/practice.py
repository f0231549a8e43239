"""The library of good practice: finding, reading, sharing, withdrawing, asking."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments.selectors import outcomes_of
from organisations.models import CLUSTER_ROLES
from organisations.permissions import Permission, authorise, holds
from peerreview.forms.practice import ContactForm, PracticeForm, SearchForm
from peerreview.models import Annotation, GoodPractice
from peerreview.selectors import practice as selectors
from peerreview.selectors.wording import read_outcomes_over
from peerreview.services import practice as services
from peerreview.views.loading import review_url, visible_review

A_PAGE = 20
DETAIL = "peerreview:practice_detail"


def library_list(request):
    """What clusters let others learn from, by outcome and level, as far as it is looked for."""
    authorise(request.user, Permission.READ_LIBRARY)
    form = SearchForm(selectors.choices(request.user), request.GET)
    search = form.search()
    page = Paginator(selectors.entries(request.user, search), A_PAGE).get_page(
        request.GET.get("page")
    )
    read_outcomes_over(page.object_list)
    asked = search.asked()
    if "words" in asked:
        asked["q"] = asked.pop("words")
    return render(
        request,
        "peerreview/library_list.html",
        {
            "search_form": form,
            "search": search,
            "page": page,
            "found": [(entry, selectors.name_then(entry)) for entry in page],
            "more": f"&{urlencode(asked)}" if asked else "",
            "withdrawn": selectors.withdrawn(request.user),
        },
    )


def _visible_practice(request, number):
    """The entry of an address, or 404 where this person may not know of it."""
    practice = get_object_or_404(
        selectors.named_then(
            GoodPractice.objects.visible_to(request.user)
        ).select_related(
            "outcome__module__edition",
            "cluster__health_board",
            "contact",
            "annotation__review__round",
            "annotation__review__reflection",
        ),
        pk=number,
    )
    read_outcomes_over([practice])
    return practice


def practice_detail(request, practice):
    """One entry; for its contact and who leads the cluster, who has asked about it."""
    authorise(request.user, Permission.READ_LIBRARY)
    practice = _visible_practice(request, practice)
    may_keep = holds(request.user, Permission.KEEP_PRACTICE, practice)
    page = selectors.entry_page(
        practice,
        reader=request.user,
        sees_requests=lambda contacts: may_keep or request.user in contacts,
    )
    is_of_the_cluster = practice.is_kept_by(request.user.cluster_ids(*CLUSTER_ROLES))
    return render(
        request,
        "peerreview/practice_detail.html",
        {
            "practice": practice,
            "entry": page,
            "may_keep": may_keep,
            "sees_requests": may_keep or request.user in page.contacts,
            "may_ask": not (is_of_the_cluster or practice.withdrawn_at),
        },
    )


# Sharing ---------------------------------------------------------------------------------


def practice_add(request, round, cluster, annotation):  # noqa: A002
    """Share what a peer called good practice; for whoever leads the cluster."""
    review = visible_review(request, round, cluster)
    annotation = get_object_or_404(
        Annotation.objects.visible_to(request.user)
        .roots()
        .standing()
        .filter(
            review=review,
            choice=Annotation.Kind.GOOD_PRACTICE,
            shared_at__isnull=False,
        )
        .select_related("outcome__module", "author"),
        key=annotation,
    )
    annotation.review = review
    read_outcomes_over([annotation], review.round.cycle.edition)
    authorise(request.user, Permission.SHARE_PRACTICE, review)
    earlier = GoodPractice.objects.visible_to(request.user).filter(
        annotation=annotation
    )
    if (existing := earlier.first()) and request.method != "POST":
        return redirect("peerreview:practice_edit", practice=existing.pk)
    cluster_ids, _successors = selectors.keeping_clusters(review.reflection.cluster_id)
    leads = selectors.leads_of(cluster_ids)
    form = PracticeForm(
        request.POST if request.method == "POST" else None,
        people=selectors.people_to_name(cluster_ids),
        outcomes=[] if annotation.outcome else outcomes_of(review.round.cycle.edition),
        initial={
            "contact": str((leads[0] if leads else request.user).pk),
            "written_in": "",
        },
    )
    hindrance = ""
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            practice = services.share_practice(
                annotation=annotation,
                outcome=annotation.outcome or form.cleaned_data["outcome"],
                by=request.user,
                **form.said(),
            )
        except services.SharedAlready:
            hindrance = _(
                "This is in the library already. What you typed is below: copy what you still need into that entry."
            )
        except services.NotGoodPractice:
            raise Http404 from None
        except services.NobodyThere:
            form.add_error("contact", _("This person no longer works in the cluster."))
        else:
            messages.success(request, _("It is in the library now."))
            return redirect(DETAIL, practice=practice.pk)
    return render(
        request,
        "peerreview/practice_add.html",
        {
            "review": review,
            "annotation": annotation,
            "existing": existing,
            "form": form,
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
            "back_url": review_url("cluster_record", review),
        },
        status=409 if hindrance else 200,
    )


def practice_edit(request, practice):
    """Change an entry's words or its contact; or share again what was withdrawn."""
    authorise(request.user, Permission.READ_LIBRARY)
    practice = _visible_practice(request, practice)
    authorise(request.user, Permission.KEEP_PRACTICE, practice)
    cluster_ids, _successors = selectors.keeping_clusters(practice.cluster_id)
    is_withdrawn = practice.withdrawn_at is not None
    options = {
        "people": selectors.people_to_name(cluster_ids),
        "asks_consent": is_withdrawn,
        "initial": {
            "title": practice.title,
            "text": practice.text,
            "written_in": "",
            "contact": str(practice.contact_id),
            "version": practice.version,
        },
    }
    form = PracticeForm(request.POST if request.method == "POST" else None, **options)
    hindrance = ""
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            services.edit_practice(
                practice=practice,
                base_version=form.cleaned_data["version"] or 0,
                by=request.user,
                **form.said(),
            )
        except services.ChangedMeanwhile:
            hindrance = _(
                "Somebody changed this entry while you were writing. What you typed is still in the fields, and the entry as it is now is above them."
            )
            data = request.POST.copy()
            data["version"] = practice.version
            form = PracticeForm(data, **options)
        except services.NobodyThere:
            form.add_error("contact", _("This person no longer works in the cluster."))
        else:
            messages.success(
                request,
                _("It is in the library again.")
                if is_withdrawn
                else _("The entry was changed."),
            )
            return redirect(DETAIL, practice=practice.pk)
    return render(
        request,
        "peerreview/practice_edit.html",
        {
            "practice": practice,
            "cluster_name": selectors.name_then(practice),
            "form": form,
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=409 if hindrance else 200,
    )


def practice_withdraw(request, practice):
    """Withdraw the consent, by a button alone; the entry is out of sight for all others at once."""
    authorise(request.user, Permission.READ_LIBRARY)
    practice = _visible_practice(request, practice)
    authorise(request.user, Permission.KEEP_PRACTICE, practice)
    if request.method == "POST":
        services.withdraw_practice(practice=practice, by=request.user)
        messages.success(
            request,
            _(
                "The consent was withdrawn. Nobody outside the cluster sees the entry now."
            ),
        )
    return redirect(DETAIL, practice=practice.pk)


# Asking ----------------------------------------------------------------------------------


def contact_ask(request, practice):
    """Ask to be put in touch with whoever knows more."""
    authorise(request.user, Permission.READ_LIBRARY)
    practice = _visible_practice(request, practice)
    entry = selectors.entry_page(
        practice, reader=request.user, sees_requests=lambda contacts: False
    )
    if practice.withdrawn_at or practice.is_kept_by(
        request.user.cluster_ids(*CLUSTER_ROLES)
    ):
        raise PermissionDenied("nobody asks to be put in touch with their own cluster")
    form = ContactForm(
        request.POST if request.method == "POST" else None, initial={"written_in": ""}
    )
    hindrance = ""
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            services.ask_contact(
                practice=practice,
                text=text,
                language=form.language_of(text) if text else "",
                by=request.user,
            )
        except services.AskedAlready:
            if entry.own_request is None or entry.own_request.text == text:
                return redirect(DETAIL, practice=practice.pk)  # pressed twice
            hindrance = _(
                "You have asked about this before. What you typed is below: it was not sent."
            )
        else:
            messages.success(
                request, _("Your request is on its way to the cluster's contact.")
            )
            return redirect(DETAIL, practice=practice.pk)
    elif entry.own_request:
        messages.info(request, _("You have asked about this already."))
        return redirect(DETAIL, practice=practice.pk)
    return render(
        request,
        "peerreview/practice_ask.html",
        {
            "practice": practice,
            "entry": entry,
            "form": form,
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=409 if hindrance else 200,
    )
