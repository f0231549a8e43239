"""Finding texts however their accents, capitals and apostrophes are typed."""

import pytest

from cdf_site.common.folding import fold
from organisations.models import Cluster
from tests.factories import ClusterFactory


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Cwmbrân", "cwmbran"),
        ("Tŷ'r TŶ", "ty'r ty"),
        ("w\u0302yr", "wyr"),
        ("Môn’s ‘dŵr\u00b4", "mon's 'dwr'"),
        ("Elái 50%_\\", "elai 50%_\\"),
        ("", ""),
        (None, None),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Cwmbrân", "Cwmbran"),
        ("Cwmbrân", "CWMBRÂN"),
        ("Cwmbran", "cwmbrân"),
        ("Cwmbra\u0302n", "brân"),
        ("Tŷ Ddewi", "ty"),
        ("TŶ DDEWI", "tŷ d"),
        ("Pen-y-bont ’r ŵydd", "'r wydd"),
        ("Pen-y-bont 'r ŵydd", "’r wydd"),
        ("100% Elái_", "% elai_"),
    ],
)
def test_the_database_folds_as_well(stored, typed):
    found = ClusterFactory(name_cy=stored)
    ClusterFactory(name_cy="Rhywle arall, 1000 ElaixX")

    assert list(Cluster.objects.filter(name_cy__folded=typed)) == [found]
