"""Keeping links that are secrets out of the log: whoever reads it could use them."""

import logging
import re

_SLASH = "(?:/|%2F)"  # the second in the query of another address
_PART = r"(?:(?!%2F)[^/\s?&#\"'])+"
_SECRETS = [
    (
        re.compile(rf"({_SLASH}invitation{_SLASH}){_PART}", re.IGNORECASE),
        r"\1***",
    ),
    (
        re.compile(
            rf"({_SLASH}password{_SLASH}){_PART}({_SLASH}){_PART}", re.IGNORECASE
        ),
        r"\1***\2***",
    ),
]


def mask(text):
    """``text`` without the secrets of the addresses in it."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class MaskingFormatter(logging.Formatter):
    """Masks what is written in the end, so that an error's own text and its trace are masked too.

    A filter would see the message alone.
    """

    def format(self, record):
        return mask(super().format(record))
