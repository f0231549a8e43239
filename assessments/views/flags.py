"""What colleagues flag for discussion on the pages of a self-reflection."""

from assessments import services
from assessments.models import Flag

FLAGS = {"flag", "settle"}  # the buttons, whose value is the outcome or the criterion
OUTCOME = "outcome"  # the key of an outcome's own flag


def flag_key(flag):
    return f"criterion-{flag.criterion_id}" if flag.criterion_id else OUTCOME


def open_flags(request, reflection):
    """The flags of a self-reflection that nobody has settled yet."""
    return (
        Flag.objects.visible_to(request.user)
        .open()
        .filter(reflection=reflection)
        .select_related("raised_by")
    )


def flags_on_page(request, reflection, sheet):
    """The flags of one outcome and its criteria, by the key of what is flagged."""
    flags = open_flags(request, reflection).filter(outcome=sheet.outcome)
    return {flag_key(flag): flag for flag in flags}


def flag_or_settle(request, reflection, sheet):
    """Do what the button says: flag something for discussion, or settle a flag.

    What is not on the page is passed over, and so is everything once the self-reflection is sent:
    the page that follows shows how it is.
    """
    try:
        if key := request.POST.get("flag"):
            things = {OUTCOME: None} | {
                f"criterion-{criterion.pk}": criterion for criterion in sheet.criteria
            }
            if key in things:
                services.raise_flag(
                    reflection=reflection,
                    outcome=sheet.outcome,
                    criterion=things[key],
                    by=request.user,
                )
        elif key := request.POST.get("settle"):
            flag = flags_on_page(request, reflection, sheet).get(key)
            if flag:
                services.settle_flag(flag=flag, by=request.user)
    except services.NotNow:
        pass
