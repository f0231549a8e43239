"""Text that a wrong encoding spoiled is found, and good Welsh is left in peace."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cdf_site.common.encoding import spoiled_part

WELSH = "âêîôûŵŷáéíóúẃýàèìòùẁỳäëïöüẅÿ"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("t樽m", "樽"),
        ("y油tîm", "油"),
        ("tÃ®m", "Ã®"),
        ("tÅ·", "Å·"),
        ("gÅµr", "Åµ"),
        ("Weâ€™ll", "â€"),
        ("10Â°", "Â°"),
        ("caf\ufffd", "\ufffd"),
        ("ï¿½", "ï¿½"),
        ("a\x00b", "\x00"),
        ("a\x0cb", "\x0c"),
        ("a\tb", "\t"),
        ("a\rb", "\r"),
        ("zero\u200bwidth", "\u200b"),
        ("\ufeffmark", "\ufeff"),
        ("Юникод", "Ю"),
        ("λόγος", "λ"),
        ("private \ue000", "\ue000"),
    ],
)
def test_spoiled_text_is_found_with_its_first_part(text, part):
    assert spoiled_part(text) == part


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain text.\nOn two lines.",
        "Tŷ’r ŵyl – “â ê î ô û ŵ ŷ”, ÂÊÎÔÛŴŶ",
        "25,000–100,000 o bobl; 50%; £5; 20°C; ½; 1ª; 2º; …",
        "Cost: €10 × 3 ≥ 30 − 1 • ‘so’ 🙂",
        "no-break\u00a0space",
        "naïve café Ångström Zoë",
    ],
)
def test_good_text_is_left_in_peace(text):
    assert spoiled_part(text) is None


@given(
    st.text(
        st.sampled_from(WELSH + WELSH.upper() + "abcdefghijklmnop \n.,;’"), max_size=40
    )
)
def test_welsh_letters_in_any_order_are_good(text):
    # Ÿ and the like do not follow Ã, Â, Å or Ä in Welsh, but may here.
    assert spoiled_part(text) is None or any(letter in text for letter in "ÄÂ")


@given(st.text(st.sampled_from("âêîôûŷŵáéíóú’"), min_size=1, max_size=10))
def test_utf_8_read_as_western_is_found(text):
    spoiled = text.encode("utf-8").decode("cp1252", errors="replace")

    assert spoiled_part(spoiled) is not None


@pytest.mark.parametrize("fixture", ["framework-2022-05.json", "organisations.json"])
def test_what_ships_is_not_spoiled(fixture):
    path = Path(settings.BASE_DIR) / "fixtures" / fixture

    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    found = list(texts(json.loads(path.read_text(encoding="utf-8"))))

    assert len(found) > 100
    assert [text for text in found if spoiled_part(text)] == []
