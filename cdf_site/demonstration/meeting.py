"""Before a meeting in one cluster: views of seven people, and a discussion that was opened."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assessments import services
from assessments.services import Opinion
from frameworks.models import Outcome
from organisations.models import Membership, Profession, Role, User

CLUSTER = "afan"
# People who cannot sign in: language, profession, and what they are called.
OTHERS = [
    ("en", Profession.OPTOMETRY, "Optometrist, Afan"),
    ("cy", Profession.DENTAL, "Deintydd, Afan"),
    ("cy", Profession.COMMUNITY_NURSING, "Nyrs gymunedol, Afan"),
    ("en", Profession.ALLIED_HEALTH, "Physiotherapist, Afan"),
    ("en", Profession.SOCIAL_CARE, "Social worker, Afan"),
]
# By outcome of the first module: the choices of those seven, the lead first; empty for none.
VIEWS = {
    1: ["2", "1", "2", "1", "2", "1", "2"],
    2: ["1", "1", "0", "1", "1", "2", "1"],
    3: ["2", "3", "", "", "", "", ""],
    4: ["1", "2", "1", "", "2", "", "1"],
    5: ["2", "2", "2", "3", "", "2", "2"],
}
OPENED = [1]  # the third could not be: there are too few views to show
# Sentences on the first outcome that their authors let be shown: by place in the list above.
SHARED = {
    1: (
        "en",
        "Patients still ask at the pharmacy what the surgery could have told them.",
    ),
    4: (
        "cy",
        "Mae'r negeseuon yn gyson erbyn hyn, ond nid yw pawb yn eu defnyddio eto.",
    ),
    6: ("en", "We agreed the words together; now we have to use them."),
}


def prepare(cycle, *, lead, contributor):
    """Let the people of the cluster record their views, and the lead open two discussions."""
    reflection = cycle.reflections.select_related("cluster").get(cluster__code=CLUSTER)
    people = [lead, contributor, *_others(reflection.cluster)]
    outcomes = {
        outcome.number: outcome
        for outcome in Outcome.objects.filter(
            module__edition=cycle.edition, module__number=1
        ).select_related("module")
    }
    for place, person in enumerate(people):
        services.save_views(
            reflection=reflection,
            opinions=[
                Opinion(
                    outcomes[number].pk,
                    base_version=0,
                    was="",
                    choice=choices[place],
                    text=SHARED[place][1] if number == 1 and place in SHARED else "",
                    is_shared=number == 1 and place in SHARED,
                )
                for number, choices in VIEWS.items()
                if choices[place]
            ],
            language=person.language,
            by=person,
        )
    for number in OPENED:
        services.open_discussion(
            reflection=reflection, outcome=outcomes[number], by=lead
        )


def _others(cluster):
    long_ago = timezone.localdate() - timedelta(days=2 * 365)
    for number, (language, profession, name) in enumerate(OTHERS, 1):
        person = User.objects.create(
            email=f"person{number}.{cluster.code}@example.test",
            name=name,
            language=language,
            password=make_password(None),
        )
        Membership.objects.create(
            user=person,
            role=Role.CONTRIBUTOR,
            cluster=cluster,
            profession=profession,
            starts_on=long_ago,
        )
        yield person
