"""ŵ and ŷ are seen on the page, in both weights: the text alone does not show it.

Pictures of letters, drawn through the product's own style sheet. A letter with a roof has to have
the body of the letter without, and ink above it; a letter that another font lends, a box in its
place, or a letter without its roof, has not.
"""

import io
import subprocess
from datetime import UTC, datetime

from django.utils.html import format_html, format_html_join
from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

from reporting.pdf.fonts import load_fonts
from reporting.pdf.press import Job, draw
from reporting.pdf.rendering import Part, written

ROOFED = {"ŵ": "w", "ŷ": "y", "Ŵ": "W", "Ŷ": "Y"}
NOBODY_S = "\u0378"  # no font has this letter: a box is drawn, or nothing
LETTERS = [*ROOFED, *ROOFED.values(), NOBODY_S, " "]
WEIGHTS = (400, 600)
# An inch; millimetres of a letter's square; of a letter. Each millimetre is five dots.
DOTS, SIDE, POINTS = 127, 24, 40
CELL, LEFT, TOP = SIDE * 5, 18 * 5, 21 * 5  # dots; the style sheet's margins
# Parts of a letter's ink: how far it is at least from what it is not, how near to its own body.
FAR, NEAR = 0.08, 0.02


def pictures(fonts, with_more_fonts=""):
    """The picture of each letter in each weight."""
    squares = format_html_join(
        "",
        '<p style="position: absolute; left: {}mm; top: {}mm; font-size: {}pt; '
        'font-weight: {}">{}</p>',
        (
            (column * SIDE, row * SIDE, POINTS, weight, letter)
            for column, weight in enumerate(WEIGHTS)
            for row, letter in enumerate(LETTERS)
        ),
    )
    sheet = format_html('<article id="summary-cy">{}</article>', squares)
    part = Part("Llythrennau", sheet)
    moment = datetime(2026, 11, 30, tzinfo=UTC)
    html, css = written([part], languages=("cy",), created_at=moment)
    raw = draw(Job(html, f"{css}{with_more_fonts}", fonts, ("cy",)))
    page = subprocess.run(  # noqa: S603 (our own words)
        ["pdftoppm", "-r", str(DOTS), "-gray", "-singlefile", "-"],  # noqa: S607
        input=raw,
        capture_output=True,
        check=True,
    ).stdout
    found = {}
    with Image.open(io.BytesIO(page)) as picture:
        for column, weight in enumerate(WEIGHTS):
            for row, letter in enumerate(LETTERS):
                x, y = LEFT + column * CELL, TOP + row * CELL
                square = picture.crop((x, y, x + CELL, y + CELL))
                found[weight, letter] = ImageChops.invert(square)
    return found


def ink(picture):
    return sum(value * count for value, count in enumerate(picture.histogram()))


def not_drawn(found):
    """Which letters are not drawn as they are written, of which weight."""
    return [
        f"{letter} {weight}"
        for weight in WEIGHTS
        for letter, plain in ROOFED.items()
        if not is_drawn(
            found[weight, letter],
            plain=found[weight, plain],
            others=[found[weight, NOBODY_S], found[weight, " "]],
        )
    ]


def is_drawn(picture, *, plain, others):
    _left, top, _right, _bottom = plain.getbbox()
    above, below = (0, 0, CELL, top - 1), (0, top + 2, CELL, CELL)

    def distance(one, other):
        return ink(ImageChops.difference(one, other)) / ink(plain)

    return (
        all(distance(picture, other) > FAR for other in [plain, *others])
        and ink(picture.crop(above)) / ink(plain) > FAR
        and distance(picture.crop(below), plain.crop(below)) < NEAR
    )


def subset_of(content, keeps):
    """The font ``content`` with the letters alone that ``keeps`` says yes to."""
    font = TTFont(io.BytesIO(content))
    options = subset.Options(layout_features=[])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for code in font.getBestCmap() if keeps(code)])
    subsetter.subset(font)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def has_a_roof(code):
    return chr(code) in ROOFED


ALL = [f"{letter} {weight}" for weight in WEIGHTS for letter in ROOFED]


def test_letters_with_a_roof_are_drawn():
    assert not_drawn(pictures(load_fonts())) == []


def test_letters_that_a_font_lacks_are_found_to_be_missing():
    without = {
        address: subset_of(content, lambda code: not has_a_roof(code))
        for address, content in load_fonts().items()
    }

    assert not_drawn(pictures(without)) == ALL


def test_letters_in_a_second_file_of_a_weight_are_found_to_be_missing():
    """As fonts are often delivered: basic letters in one file, the others in another."""
    fonts = {}
    for address, content in load_fonts().items():
        fonts[address] = subset_of(content, lambda code: code < 0x100)
        fonts[f"{address}-more"] = subset_of(content, lambda code: code >= 0x100)
    css = "\n".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
        f'src: url("cdf-font:{weight}{more}") }}'
        for weight in WEIGHTS
        for more in ("", "-more")
    )

    found = not_drawn(pictures(fonts, with_more_fonts=css))

    assert found == ALL


def test_a_letter_without_its_roof_is_found_to_be_missing():
    found = pictures(load_fonts())
    for weight in WEIGHTS:
        for letter, plain in ROOFED.items():
            found[weight, letter] = found[weight, plain]

    assert not_drawn(found) == ALL
