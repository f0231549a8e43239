"""What reporting keeps itself: commentary on what it shows, keys to its data, yearly pages, packs."""

from reporting.models.commentary import Commentary, CommentaryVersion
from reporting.models.learned import Learned, LearnedEntry, LearnedVersion
from reporting.models.packs import Pack, PackPart
from reporting.models.tokens import PersonalToken

__all__ = [
    "Commentary",
    "CommentaryVersion",
    "Learned",
    "LearnedEntry",
    "LearnedVersion",
    "Pack",
    "PackPart",
    "PersonalToken",
]
