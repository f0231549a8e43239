"""The yearly page of the demonstration: fixtures/demonstration_learned.json, which says it is invented."""

import json

from django.conf import settings
from django.utils import timezone

from reporting.learned import candidate_actions, candidate_practices
from reporting.services import learned as services


def publish_a_page(*, by):
    """A public page of this year: what there is of good practice and actions, and a few words more."""
    file = settings.BASE_DIR / "fixtures" / "demonstration_learned.json"
    texts = json.loads(file.read_text(encoding="utf-8"))
    learned = services.begin_learned(year=timezone.localdate().year, by=by)
    introduction = learned.entries.get()
    _save(
        introduction,
        by,
        text_cy=texts["introduction"]["cy"],
        text_en=texts["introduction"]["en"],
    )
    for candidates, choose, said in (
        (candidate_practices, services.choose_practice, texts["practice"]),
        (candidate_actions, services.choose_action, texts["action"]),
    ):
        for candidate in candidates(learned, by)[:1]:
            entry = choose(learned=learned, number=candidate.pk, by=by)
            _write(entry, said, by, readers="signed_in", names_cluster=True)
    for section in ("learned", "changed"):
        for said in texts[section]:
            entry = services.add_entry(learned=learned, section=section, by=by)
            _write(entry, said, by, readers="public")
    services.publish_learned(learned=learned, is_public=True, by=by)


def _write(entry, said, by, **more):
    words = {
        f"{part}_{language}": said[language][number]
        for number, part in enumerate(("heading", "text"))
        for language in ("cy", "en")
    }
    _save(entry, by, **words, **more)


def _save(entry, by, **said):
    services.save_entry(entry=entry, base_version=entry.version, said=said, by=by)
