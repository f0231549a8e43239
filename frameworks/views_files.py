"""Published editions as open data."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404

from frameworks import selectors
from frameworks.downloads import edition_file as response_with


@login_not_required
def edition_file(request, edition, notation):
    """An edition in the documented format, without editor's notes; one that is a draft is not there."""
    edition = get_object_or_404(selectors.readable_editions(), code=edition)
    return response_with(edition, notation, has_notes=False)
