"""The line that says who else is here, drawn by the server at the page's loading."""

from django import template

from assessments import presence

register = template.Library()

PLACES = {
    "reflection_detail": "contents",
    "context_edit": "context",
    "enablers_edit": "enablers",
    "closing_edit": "support",
    "session_step": "session",
    "session_end": "session",
}


def place_of(match):
    """The place of the form that an address is; none where nobody needs to know."""
    if match.url_name == "outcome_edit":
        return f"{match.kwargs['module']}-{match.kwargs['number']}"
    return PLACES.get(match.url_name, "")


@register.inclusion_tag("assessments/_presence.html", takes_context=True)
def who_is_here(context):
    """Who else has this self-reflection open; the script on the page keeps it up to date.

    One query, and one more where somebody is here. In the room nobody is named on the screen.
    """
    request, reflection = context["request"], context["reflection"]
    place = place_of(request.resolver_match)
    in_the_room = place == "session"
    return {
        "reflection": reflection,
        "place": place,
        "in_the_room": in_the_room,
        "lines": []
        if in_the_room or not place
        else presence.lines(reflection, request.user),
    }
