"""What holds for every text of the framework, whoever writes it: its form, its length, its mark."""

import hashlib

from django.utils.translation import gettext as _

from cdf_site.common.encoding import spoiled_part

LONGEST_TEXT = 100_000  # characters of one text: longer than any of the publication


def plain_text(text):
    """A text as it is stored: with plain line ends, and no space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def seen(text):
    """What a form or a file carries, to say which wording its writer had before them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def problem_of_wording(text, wording):
    """Why ``wording`` cannot stand as the FrameworkText ``text``, or ""."""
    if part := spoiled_part(wording):
        return _("The text was spoiled by a wrong encoding near “%(part)s”.") % {
            "part": part if part.isprintable() else f"U+{ord(part[0]):04X}"
        }
    longest = text.longest or LONGEST_TEXT
    if len(wording) > longest:
        return _("The text has %(length)s characters; at most %(longest)s fit.") % {
            "length": len(wording),
            "longest": longest,
        }
    return ""
