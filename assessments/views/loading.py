"""Which self-reflection an address is about, and the addresses themselves."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

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


def visible(request, cycle, cluster):
    """The self-reflection of an address, or 404 where this person may not know of it."""
    return get_object_or_404(
        SelfReflection.objects.visible_to(request.user).select_related(
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


def reverse_in_language(request):
    """This address in the language that is active."""
    match = request.resolver_match
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
