from django.db import migrations

TEXTS = {
    "Edition": "title publisher source licence_note introduction context "
    "principles_introduction enabling_factors_introduction footnotes editor_note",
    "Module": "title abbreviation introduction context framework_introduction "
    "criteria_heading footnotes editor_note",
    "Outcome": "title narrative note editor_note",
    "Criterion": "text editor_note",
    "EnablingFactor": "title text",
    "WellbeingGoal": "title",
    "TransformationPrinciple": "text",
}
EDITION_OF = {
    "Edition": "",
    "Module": "edition__",
    "Outcome": "module__edition__",
    "Criterion": "outcome__module__edition__",
    "EnablingFactor": "edition__",
    "WellbeingGoal": "edition__",
    "TransformationPrinciple": "edition__",
}


def settle_published_texts(apps, schema_editor):
    """What was published counts as checked, or as unofficial in the language that is."""
    for name, way in EDITION_OF.items():
        model = apps.get_model("frameworks", name)
        things = model.objects.exclude(**{f"{way}status": "draft"})
        for thing, unofficial in zip(
            list(things),
            things.values_list(f"{way}unofficial_language", flat=True),
            strict=True,
        ):
            thing.text_states = {
                field: {
                    language: "unofficial" if language == unofficial else "checked"
                    for language in ("cy", "en")
                    if getattr(thing, f"{field}_{language}")
                }
                for field in TEXTS[name].split()
                if getattr(thing, f"{field}_cy") or getattr(thing, f"{field}_en")
            }
            thing.save(update_fields=["text_states"])


def say_that_links_are_suggested(apps, schema_editor):
    """So far all links to goals are this project's own."""
    editions = apps.get_model("frameworks", "Edition").objects
    editions.filter(modules__outcomes__wellbeing_goals__isnull=False).update(
        goal_links_are_suggested=True
    )


# Of A Healthier Wales, as fixtures/framework-2022-05.json has them.
AIMS = [
    (
        "Gwell iechyd a llesiant i'r boblogaeth",
        "Improved population health and well-being",
    ),
    (
        "Gwasanaethau iechyd a gofal cymdeithasol o well ansawdd ac yn fwy hygyrch",
        "Better quality and more accessible health and social care services",
    ),
    (
        "Gwasanaethau iechyd a gofal cymdeithasol o werth uwch",
        "Higher value health and social care",
    ),
    (
        "Gweithlu iechyd a gofal cymdeithasol brwdfrydig a chynaliadwy",
        "A motivated and sustainable health and social care workforce",
    ),
]


def add_the_quadruple_aim(apps, schema_editor):
    """To the edition that ships, where it was loaded before there was a place for it."""
    aims = apps.get_model("frameworks", "QuadrupleAim").objects
    for edition in apps.get_model("frameworks", "Edition").objects.filter(
        code="2022-05"
    ):
        for number, (welsh, english) in enumerate(AIMS, start=1):
            aims.create(
                edition=edition,
                number=number,
                title=welsh,
                title_cy=welsh,
                title_en=english,
                text_states={"title": {"cy": "checked", "en": "unofficial"}},
            )


class Migration(migrations.Migration):
    dependencies = [
        ("frameworks", "0002_administrators"),
    ]

    operations = [
        migrations.RunPython(settle_published_texts, migrations.RunPython.noop),
        migrations.RunPython(add_the_quadruple_aim, migrations.RunPython.noop),
        migrations.RunPython(say_that_links_are_suggested, migrations.RunPython.noop),
    ]
