"""What in assessments needs an edition of the framework, and whom its corrections concern."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from assessments.models import Cycle, SelfReflection, Submission

State = SelfReflection.State


def cycles_that_need(edition):
    """The cycles on ``edition`` that are planned or open, by name."""
    kind = capfirst(Cycle._meta.verbose_name)
    cycles = Cycle.objects.filter(edition=edition, closed_at=None)
    return [f"{kind}: {cycle}" for cycle in cycles]


def whom_a_correction_concerns(edition):
    """How many read the corrected words at once, and how many keep those of their time."""
    reflections = SelfReflection.objects.filter(cycle__edition=edition)
    unsent = reflections.filter(
        state__in=[State.NOT_STARTED, State.DRAFT],
        cycle__closed_at=None,
        cycle__opened_at__isnull=False,
    ).count()
    submissions = Submission.objects.filter(reflection__cycle__edition=edition).count()
    return [
        _(
            "Open self-reflections, which show the new words at once and keep their answers: %(count)s"
        )
        % {"count": unsent},
        _("Submissions, which keep the words of their time: %(count)s")
        % {"count": submissions},
    ]
