"""That a peer has begun to read what a cluster submitted."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessments import services as services_of_reflections
from organisations.permissions import Permission, holds
from peerreview.services.locking import locked_review


@transaction.atomic
def begin_reading(*, review, by):
    """Begin to review what was submitted, where ``by`` is the first peer to read it.

    From then on the cluster cannot withdraw it. Says whether it began now: somebody else may have
    been first, or the cluster may have taken it back a moment ago, and both are well.
    """
    review = locked_review(review, by=by)
    if not holds(by, Permission.READ_AS_REVIEWER, review):
        return False
    try:
        services_of_reflections.begin_review(reflection=review.reflection, by=by)
    except PermissionDenied:
        return False
    return True
