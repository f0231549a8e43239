"""What reporting keeps itself: commentary on what it shows, and the keys to its data."""

from reporting.models.commentary import Commentary, CommentaryVersion
from reporting.models.tokens import PersonalToken

__all__ = ["Commentary", "CommentaryVersion", "PersonalToken"]
