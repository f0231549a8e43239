"""The guards that the mutations take away stand where they are said to."""

import pytest
from django.conf import settings

from bench.mutations import MUTATIONS


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_guard_is_there_once(name):
    mutation = MUTATIONS[name]

    text = (settings.BASE_DIR / mutation.path).read_text()

    assert text.count(mutation.guard) == 1
    assert (settings.BASE_DIR / mutation.tests).exists()
