"""Every page of the service, and who opens it, for tests that look at all of them."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import override

from assessments import services
from assessments.models import SelfReflection
from organisations.models import User
from tests.factories import SelfReflectionFactory
from tests.steps import answer_all, entry, save, submit, words_of

# Addresses that only take what is sent to them, and those that have no language.
NO_PAGES = {
    "assessments:reflection_submit",
    "assessments:reflection_withdraw",
    "sign_out",
}
WITHOUT_LANGUAGE = {"choose_language"}


@dataclass(frozen=True)
class Page:
    name: str
    by: User | None = None
    where: dict = field(default_factory=dict)

    def url(self, language):
        with override(language):
            return reverse(self.name, kwargs=self.where)

    def get(self, client, language):
        """The page as its person sees it, at the end of redirects."""
        client.logout()
        if self.by:
            client.force_login(self.by)
        return client.get(self.url(language), follow=True)


@dataclass(frozen=True)
class World:
    """Afan's self-reflection was returned and is being written again; Ogwr's is submitted."""

    draft: SelfReflection
    submitted: SelfReflection
    lead: User
    officer: User
    national: User
    administrator: User


def build_world(
    *, reflection, other_cluster, lead, stranger, officer, national, administrator
):
    save(
        reflection,
        entry(words_of(reflection), "Gair o brofiad."),
        by=lead,
        language="cy",
    )
    save(
        reflection,
        entry(words_of(reflection, module="SIGNS"), "A word of experience."),
        by=lead,
    )
    submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection, by=officer, reason="Look again, please.", language="en"
    )
    submitted = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    answer_all(submitted, by=stranger)
    submit(submitted, by=stranger)
    return World(
        draft=SelfReflection.objects.get(pk=reflection.pk),
        submitted=submitted,
        lead=lead,
        officer=officer,
        national=national,
        administrator=administrator,
    )


def pages(world):
    cycle = world.draft.cycle
    edition = {"edition": cycle.edition.code}
    draft = {"cycle": cycle.code, "cluster": world.draft.cluster.code}
    submitted = {"cycle": cycle.code, "cluster": world.submitted.cluster.code}
    lead, officer = world.lead, world.officer
    return [
        *(Page(name) for name in ("about", "accessibility", "privacy", "cookies")),
        Page("sign_in"),
        Page("frameworks:current_edition"),
        Page("frameworks:edition_detail", where=edition),
        Page("frameworks:module_detail", where=edition | {"module": "LEVELS"}),
        Page(
            "frameworks:outcome_detail",
            where=edition | {"module": "LEVELS", "number": 1},
        ),
        Page(
            "frameworks:outcome_detail",
            where=edition | {"module": "SIGNS", "number": 1},
        ),
        Page("home", lead),
        Page("account", lead),
        Page("password_change", lead),
        Page("assessments:mine", lead),
        Page("assessments:reflection_detail", lead, draft),
        Page("assessments:context_edit", lead, draft),
        Page(
            "assessments:outcome_edit", lead, draft | {"module": "LEVELS", "number": 1}
        ),
        Page(
            "assessments:outcome_edit", lead, draft | {"module": "SIGNS", "number": 1}
        ),
        Page("assessments:enablers_edit", lead, draft),
        Page("assessments:closing_edit", lead, draft),
        Page("assessments:draft_detail", lead, draft),
        Page("assessments:reflection_check", lead, draft),
        Page("assessments:submission_detail", lead, draft | {"number": 1}),
        Page("home", officer),
        Page("assessments:reflection_detail", officer, draft),
        Page("assessments:reflection_detail", officer, submitted),
        Page("assessments:submission_detail", officer, submitted | {"number": 1}),
        Page("assessments:reflection_return", officer, submitted),
        Page("assessments:agreement_record", officer, submitted),
        Page("reporting:results", officer),
        Page(
            "reporting:board",
            officer,
            {"cycle": cycle.code, "board": world.draft.cluster.health_board.code},
        ),
        Page(
            "reporting:summary_pdf",
            officer,
            submitted | {"number": 1, "language": "both"},
        ),
        Page("home", world.national),
        Page("reporting:national", world.national, {"cycle": cycle.code}),
        Page("home", world.administrator),
    ]
