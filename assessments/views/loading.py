"""Which self-reflection an address is about, and the addresses themselves."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.models import SelfReflection
from organisations.permissions import Permission, authorise


def reflection_url(name, reflection, **more):
    """An address that says what one is on: the cycle and the cluster."""
    codes = {"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
    return reverse(f"assessments:{name}", kwargs=codes | more)


def outcome_url(reflection, outcome):
    return reflection_url(
        "outcome_edit", reflection, module=outcome.module.code, number=outcome.number
    )


def history_url(reflection, subject, outcome=None):
    """Of the answer's history; a question of an outcome is named with its outcome."""
    if subject.outcome_id:
        return reflection_url(
            "outcome_answer_history",
            reflection,
            module=outcome.module.code,
            number=outcome.number,
            question=subject.key,
        )
    return reflection_url("answer_history", reflection, key=subject.key)


def time_is_over(reflection):
    """The sentence of ``assessments/_time_ends.html`` for a time that has passed, as a message."""
    ended_at = timezone.localtime(reflection.closes_at)
    return _("The time for answers ended on %(date)s at %(time)s.") % {
        "date": date_format(ended_at, "j F Y"),
        "time": date_format(ended_at, "H:i"),
    }


def visible(request, cycle, cluster):
    """The self-reflection of an address, or 404 where this person may not know of it."""
    return get_object_or_404(
        SelfReflection.objects.visible_to(request.user)
        .with_name_then()
        .select_related(
            "cycle__edition", "cluster__health_board", "cluster__local_authority"
        ),
        cycle__code=cycle,
        cluster__code=cluster,
    )


def readable(request, cycle, cluster):
    """As ``visible``, and 403 for those who may know how far it is but not read it."""
    reflection = visible(request, cycle, cluster)
    authorise(request.user, Permission.READ_ANSWERS, reflection)
    return reflection


def to_read(request, reflection):
    """Lead whoever wanted to change answers to reading them, and say why they cannot be changed."""
    messages.info(request, _why_closed(reflection))
    return redirect(reflection_url("draft_detail", reflection))


def _why_closed(reflection):
    if reflection.cycle.closed_at or reflection.state == SelfReflection.State.CLOSED:
        return _("The cycle has closed: answers can be read but not changed.")
    if not reflection.is_unsent:
        return _(
            "The self-reflection has been submitted: answers can be read but not changed."
        )
    if reflection.time_is_over:
        return time_is_over(reflection)
    return _("The cycle is not open: answers can be read but not changed.")


def reverse_in_language(request):
    """This address in the language that is active."""
    match = request.resolver_match
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
