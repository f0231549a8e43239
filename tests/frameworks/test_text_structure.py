"""What must be the same in both languages of a text."""

import pytest

from frameworks.text_structure import BULLETS, HEADINGS, PLACEHOLDERS, differences


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Testun", "A text", []),
        ("", "- one\n- two", []),
        ("- un\n- dau", "- one\n- two", []),
        ("- un\n- dau", "- one", [BULLETS]),
        ("- un\n  - dau", "- one\n- two", []),
        ("## Pennawd\n\nTestun", "Heading\n\nText", [HEADINGS]),
        ("## Pennawd", "### Heading", [HEADINGS]),
        ("Helo {name}", "Hello {name}", []),
        ("Helo {enw}", "Hello {name}", [PLACEHOLDERS]),
        ("Helo %(name)s", "Hello", [PLACEHOLDERS]),
        ("{a} a {a}", "{a}", [PLACEHOLDERS]),
        ("Roedd 5% sydd", "There were 5% so", []),
        ("50%", "100%", []),
        ("{ dim }", "{ nothing }", []),
    ],
)
def test_differences(one, other, expected):
    assert differences(one, other) == expected
