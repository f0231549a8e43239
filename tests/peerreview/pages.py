"""The pages of a review as a browser without JavaScript asks for them and sends them."""

from django.urls import reverse
from django.utils import timezone

from peerreview.models import Annotation
from tests.steps import criterion_of, outcome_of


def review_page(world, name="review_detail", review=None, **more):
    review = review or world.review
    return reverse(
        f"peerreview:{name}",
        kwargs={"round": review.round.code, "cluster": review.cluster.code} | more,
    )


def outcome_page(world, **more):
    return review_page(
        world, "review_outcome", **({"module": "LEVELS", "number": 1} | more)
    )


def outcome_here(world):
    return outcome_of(world.review.reflection)


def criterion_here(world):
    return criterion_of(world.review.reflection)


def sent(client, url, **buttons):
    """What the page at ``url`` would send as it is."""
    form = client.get(url).context["form"]
    fields = {}
    for field in form:
        value = field.value()
        if value is not None:
            fields[field.html_name] = value
    return fields | buttons


def key_at(data, place):
    """The key of the new annotation, or of the reply, that a page offers for ``place``."""
    return next(
        name.removesuffix("-place")
        for name, value in data.items()
        if name.endswith("-place")
        and value == place
        and not data[name.removesuffix("-place") + "-version"]
    )


def to_reply(client, url, place):
    """The address of the page with fields for a reply, which its button asks for."""
    response = client.post(url, {"reply": place.removeprefix("reply-")})
    return response.headers["Location"].partition("#")[0]


def write(client, url, place, text, *, kind="question", **buttons):
    """Type into the empty fields of ``place``, and press Save or another button."""
    if place.startswith("reply-"):
        url = to_reply(client, url, place)
    data = sent(client, url)
    key = key_at(data, place)
    data[f"{key}-text"] = text
    if not place.startswith("reply"):
        data[f"{key}-choice"] = kind
    data |= {name: key if value == "key" else value for name, value in buttons.items()}
    return client.post(url, data or {"stay": "1"})


def shared(world, by, *, text="A remark.", review=None, **said):
    """One annotation that is shared, on the first outcome unless it says otherwise."""
    review = review or world.review
    return Annotation.objects.create(
        review=review,
        submission=review.reflection.latest_submission,
        author=by,
        text=text,
        language="en",
        version=1,
        **(
            {
                "voice": "reviewer",
                "choice": "question",
                "outcome": outcome_here(world),
                "shared_at": timezone.now(),
            }
            | said
        ),
    )
