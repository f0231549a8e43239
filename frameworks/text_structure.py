"""What must be the same in both languages of a text, whatever the words: its form and its gaps.

Bullets and headings are compared by number; placeholders, should a text hold any, by name.
"""

import re
from collections import Counter

from cdf_site.common.long_text import BulletList, Heading, parse

BULLETS, HEADINGS, PLACEHOLDERS = "bullets", "headings", "placeholders"
# {name}, {0}, %(name)s, %s and %d; a percentage is none.
PLACEHOLDER = re.compile(
    r"\{[A-Za-z_]\w*\}|\{\d+\}|%\([A-Za-z_]\w*\)[sd]|%[sd](?![A-Za-z])"
)


def differences(one, other):
    """In which ways two texts differ in form: of BULLETS, HEADINGS and PLACEHOLDERS.

    Nothing is said of a text that is not there yet.
    """
    if not one.strip() or not other.strip():
        return []
    forms = _form(one), _form(other)
    return [kind for kind in forms[0] if forms[0][kind] != forms[1][kind]]


def placeholders_match(one, other):
    return PLACEHOLDERS not in differences(one, other)


def _form(text):
    blocks = parse(text)
    return {
        BULLETS: sum(
            _count(block.items) for block in blocks if isinstance(block, BulletList)
        ),
        HEADINGS: [block.depth for block in blocks if isinstance(block, Heading)],
        PLACEHOLDERS: Counter(PLACEHOLDER.findall(text)),
    }


def _count(bullets):
    return sum(1 + _count(bullet.children) for bullet in bullets)
