"""What officers wrote on what a page shows."""

from django import template
from django.urls import reverse

from reporting.commentary import WHOLE_PAGE

register = template.Library()


@register.inclusion_tag("reporting/_commentary.html", takes_context=True)
def commentary(context, exhibit=None):
    """The note on ``exhibit``, without one on the whole page, and the way to write it."""
    page = context["page"]
    edit_url = ""
    if page.takes_commentary and context.get("view"):
        edit_url = reverse(
            "dashboard:commentary",
            kwargs={
                "scope": page.scope.code,
                "exhibit": exhibit.note_key if exhibit else "page",
            },
            query=page.query | {"cycle": page.cycle.code, "from": context["view"]},
        )
    return {
        "note": page.commentaries.on(exhibit.note_key if exhibit else WHOLE_PAGE),
        "edit_url": edit_url,
        "name": exhibit.title if exhibit else page.scope.name,
        "heading": "h3" if exhibit else "h2",
        "anchor": "" if exhibit else "commentary",
    }
