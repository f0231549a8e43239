import pytest

from cdf_site.common.long_text import (
    Bullet,
    BulletList,
    Heading,
    Paragraph,
    opening,
    parse,
)
from cdf_site.templatetags.interface import long_text


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (None, []),
        ("", []),
        (" \r\n\t\n", []),
        ("One.", [Paragraph("One.")]),
        ("One\ngoes on.\n\nTwo.", [Paragraph("One goes on."), Paragraph("Two.")]),
        ("One.\r\n\r\nTwo.", [Paragraph("One."), Paragraph("Two.")]),
        (
            "## Pen\n### Is\nGeiriau",
            [Heading(1, "Pen"), Heading(2, "Is"), Paragraph("Geiriau")],
        ),
        ("# One sign is text", [Paragraph("# One sign is text")]),
        ("##No space is text", [Paragraph("##No space is text")]),
        ("- a\n- b", [BulletList([Bullet("a"), Bullet("b")])]),
        ("- a\n\n- b", [BulletList([Bullet("a"), Bullet("b")])]),
        ("Lead:\n- a", [Paragraph("Lead:"), BulletList([Bullet("a")])]),
        ("- a\nText", [BulletList([Bullet("a")]), Paragraph("Text")]),
        ("- a\n  goes on\n- b", [BulletList([Bullet("a goes on"), Bullet("b")])]),
        ("- a\n\n  Text", [BulletList([Bullet("a")]), Paragraph("Text")]),
        (
            "- a\n  - b\n  - c\n- d",
            [BulletList([Bullet("a", [Bullet("b"), Bullet("c")]), Bullet("d")])],
        ),
        (
            "- a\n  - b\n    - c\n  - d",
            [BulletList([Bullet("a", [Bullet("b", [Bullet("c")]), Bullet("d")])])],
        ),
        ("    - deep\n- flat", [BulletList([Bullet("deep"), Bullet("flat")])]),
        (
            "- a\n## H\n- b",
            [BulletList([Bullet("a")]), Heading(1, "H"), BulletList([Bullet("b")])],
        ),
        ("-no space", [Paragraph("-no space")]),
        ("iechyd a gofal", [Paragraph("iechyd a gofal")]),
    ],
)
def test_long_text_is_parsed_into_blocks(text, blocks):
    assert parse(text) == blocks


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One.", ("One.", "")),
        ("One.\n\nTwo.\n\nThree.", ("One.", "Two.\n\nThree.")),
        ("A plan:\n\n- a\n- b", ("A plan:", "- a\n- b")),
        ("A plan:\n- a\n- b", ("A plan:", "- a\n- b")),
        ("A plan:\n  - a", ("A plan:", "  - a")),
        ("One\ngoes - on.", ("One\ngoes - on.", "")),
    ],
)
def test_the_opening_of_a_long_text_ends_before_a_list(text, parts):
    assert opening(text) == parts


def test_long_text_is_drawn_in_the_services_classes():
    text = "Lead\n\n## Pen\n- a\n  - b\n\n### Is"

    assert long_text(text, 2) == (
        "<p>Lead</p>\n"
        '<h2 class="nhsuk-heading-m">Pen</h2>\n'
        '<ul class="nhsuk-list nhsuk-list--bullet"><li>a'
        '<ul class="nhsuk-list nhsuk-list--bullet"><li>b</li></ul></li></ul>\n'
        '<h3 class="nhsuk-heading-s">Is</h3>'
    )


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "## <b>x</b>", "- <i>x</i>\n  - <u>y</u>", "a & b"],
)
def test_long_text_escapes_everything_that_people_typed(text):
    html = str(long_text(text))

    for typed in ("<script", "<b>", "<i>", "<u>", "a & b"):
        assert typed not in html
