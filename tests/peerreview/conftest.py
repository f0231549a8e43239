"""The cast of a review; see ``tests/peerreview/world.py``."""

from tests.peerreview.world import build_review_world
from tests.remembering import remembered


@remembered
def world(reflection, lead, contributor, officer, other_officer, national):
    """In the phase of annotating; ``world.put_into(...)`` changes that."""
    return build_review_world(
        reflection=reflection,
        lead=lead,
        contributor=contributor,
        officer=officer,
        other_officer=other_officer,
        national=national,
    )
