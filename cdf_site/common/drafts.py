"""The key to what a person's own browser keeps of their typing until it is saved."""

import base64

from django.utils.crypto import salted_hmac


def draft_key(person):
    """32 bytes in base64, the same for a person at every signing in, and nobody else's.

    It stands in their pages and is stored nowhere, so that drafts outlive a session and only the
    person who wrote them can read them again. A new SECRET_KEY makes older drafts unreadable.
    """
    made = salted_hmac("cdf_site.drafts", str(person.pk), algorithm="sha256")
    return base64.b64encode(made.digest()).decode()
