"""What peers say of what a cluster submitted: rounds, groups, annotations, findings, good practice."""

from peerreview.models.annotations import (
    Annotation,
    AnnotationVersion,
    Mention,
    Resolution,
)
from peerreview.models.findings import (
    ActionOrigin,
    Finding,
    FindingVersion,
    Meeting,
    Response,
    ResponseVersion,
)
from peerreview.models.groups import (
    Assignment,
    ClusterReview,
    Interest,
    ReviewGroup,
)
from peerreview.models.practice import (
    ContactRequest,
    GoodPractice,
)
from peerreview.models.rounds import (
    LEAST,
    MOST,
    USUAL_RULES,
    PhaseRules,
    ReviewPhase,
    ReviewRound,
)
from peerreview.models.suggestions import GroupDraft

__all__ = [
    "LEAST",
    "MOST",
    "USUAL_RULES",
    "ActionOrigin",
    "Annotation",
    "AnnotationVersion",
    "Assignment",
    "ClusterReview",
    "ContactRequest",
    "Finding",
    "FindingVersion",
    "GoodPractice",
    "GroupDraft",
    "Interest",
    "Meeting",
    "Mention",
    "PhaseRules",
    "Resolution",
    "Response",
    "ResponseVersion",
    "ReviewGroup",
    "ReviewPhase",
    "ReviewRound",
]
