"""Every page of the service, and who opens it, for tests that look at all of them."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override

from assessments import services
from assessments.figure_files.comparing import compare
from assessments.figure_files.faults import Code as FigureCode
from assessments.figure_files.faults import Fault as FigureFault
from assessments.figure_files.layout import FIGURES, POPULATIONS
from assessments.figure_files.tables import Table
from assessments.models import Cycle, SelfReflection
from assessments.services import figure_uploads
from assessments.views.worksheets import FAULTS
from assessments.worksheets.reading import Fault, Filled, Reading
from frameworks import services as services_of_texts
from frameworks.models import Edition
from frameworks.translation_files.reading import Code
from frameworks.translation_files.reading import read as read_texts
from organisations.models import Cluster, User
from reporting.models import Learned
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    SelfReflectionFactory,
    UserFactory,
    thawed,
)
from tests.frameworks.translations import (
    check_all,
    draft_to_translate,
    first,
    key_of,
    made_workbook,
    put,
)
from tests.frameworks.translations import save as save_text
from tests.peerreview.every_page import build_review, review_pages
from tests.peerreview.record_pages import Recorded, record_of, record_pages
from tests.reporting.learned_pages import build_learned, learned_page_list
from tests.reporting.packing import pack_pages
from tests.steps import (
    add_link,
    answer_all,
    criterion_of,
    entry,
    invite,
    outcome_of,
    save,
    submit,
    words_of,
)

# Addresses that only take what is sent to them, and those that have no language.
NO_PAGES = {
    "assessments:presence_note",  # for scripts
    "assessments:evidence_remove",
    "assessments:evidence_restore",
    "assessments:evidence_file",  # tests/assessments/test_evidence.py
    "assessments:worksheet_file",
    "assessments:reflection_submit",
    "assessments:reflection_withdraw",
    "framework_preview:current_edition",  # these lead to the public ones
    "framework_preview:edition_changes",
    "framework_preview:edition_file",
    "frameworks:edition_file",  # tests/frameworks/test_importing.py
    "session",  # for scripts
    "outbox",  # in a demonstration only: tests/notifications/test_outbox.py
    "outbox_message",
    "outbox_send_daily",
    "people:invitation_resend",
    "people:invitation_revoke",
    "people:deputy_end",
    "people:person_restore",
    "people:action_give",
    "sign_out",
    "translation:translation_download",
    "translation:translation_next",
    "indicators:figures_choose",
    "peerreview:group_add",
    "peerreview:group_remove",
    "peerreview:interest_take_back",
    "peerreview:practice_withdraw",
    "peerreview:review_move",
    "peerreview:review_take_back",
    "reporting:report_pdf",  # tests/reporting/test_report_pdf.py
    "reporting:draft_pdf",
    "reporting:review_record_pdf",  # tests/peerreview/test_record_pdf.py
    "reporting:group_record_pdf",
    "indicators:figures_template",  # tests/assessments/test_figure_uploads.py
    "indicators:figure_upload_apply",
    "dashboard:start",  # leads to a scope
    "dashboard:pdf",  # tests/reporting/dashboard/test_documents.py
    "dashboard:summary_pdf",  # tests/reporting/dashboard/test_area_summary.py
    "reporting:worksheet_pdf",  # tests/reporting/test_worksheet_pdf.py
    "dashboard:exhibit_csv",  # tests/reporting/dashboard/test_exports.py
    "dashboard:exhibit_xlsx",
    "dashboard:facts_csv",
    "dashboard:dictionary_csv",
    "dashboard:dictionary_xlsx",
    "tokens:token_revoke",
    "packs:pack_progress",  # for scripts
    "packs:pack_cancel",
    "packs:pack_file",  # tests/reporting/test_pack_pages.py
    "learned:learned_begin",
    "learned:learned_pdf",  # tests/reporting/test_learned_pdf.py
    "learned:learned_publish",
    "learned:learned_take_back",
    "learned:entry_add",
    "learned:entry_arrange",
}
# Programs ask there, with a token: tests/reporting/dashboard/test_api.py.
FOR_PROGRAMS = {
    "api:openapi",  # which is for everybody
    "api:scopes",
    "api:clusters",
    "api:cycles",
    "api:outcomes",
    "api:criteria",
    "api:enabling_factors",
    "api:indicators",
    "api:tags",
    "api:standings",
    "api:signs",
    "api:factors",
    "api:needs",
    "api:actions",
    "api:indicator_values",
    "api:facts",
    "api:answers",
}
WITHOUT_LANGUAGE = {"choose_language"} | FOR_PROGRAMS
TOKEN = "a-token-of-the-world"


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
    contributor: User
    leaderless: Cluster
    officer: User
    national: User
    administrator: User
    evidence: int
    action: int  # with every kind of step
    upload: int  # a worksheet, sent back and not applied
    figure_files: dict  # uploads by what became of them
    translator: User
    to_translate: Edition
    texts_upload: int  # a file of texts, sent back and not applied
    newcomer: User  # in whose cluster no session runs
    begun_nowhere: SelfReflection
    planned: Cycle
    recorded: Recorded
    reviewed: SelfReflection  # by a group that meets
    learned: Learned
    packs: list[int]  # by what has become of them


def build_world(
    *, reflection, other_cluster, lead, stranger, officer, national, administrator
):
    _before(reflection, lead=lead, national=national)
    edition = reflection.cycle.edition
    IndicatorFactory(edition=edition, number=1, code="visits", is_example=True)
    LogicModelEntryFactory(outcome=outcome_of(reflection), level=1)
    for criterion in (None, criterion_of(reflection)):
        services.raise_flag(
            reflection=reflection,
            outcome=outcome_of(reflection),
            criterion=criterion,
            by=lead,
        )
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
    services.withdraw(reflection=reflection, by=lead)
    subject = words_of(reflection)
    save(reflection, entry(subject, "Gair arall.", base=1), by=lead, language="cy")
    save(reflection, entry(subject, "Gair hwyr.", base=1), by=lead, language="cy")
    submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection,
        by=officer,
        reason="Look again, please.",
        language="en",
        outcome_reasons={outcome_of(reflection).pk: ("Edrychwch yma.", "cy")},
    )
    services.grant_extension(
        reflection=reflection,
        closes_at=reflection.cycle.closes_at + datetime.timedelta(days=7),
        reason="Salwch yn y tîm.",
        language="cy",
        by=officer,
    )
    invite(reflection.cluster, by=lead, known=TOKEN, profession="optometry")
    submitted = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    answer_all(submitted, by=stranger)
    submit(submitted, by=stranger)
    at_the_meeting(reflection, lead)
    recorded = record_of(submitted, national=national)
    begun_nowhere = SelfReflectionFactory(
        cycle=reflection.cycle,
        cluster=ClusterFactory(health_board=reflection.cluster.health_board),
    )
    return World(
        newcomer=UserFactory(contributor_to=begun_nowhere.cluster),
        begun_nowhere=begun_nowhere,
        planned=CycleFactory(
            edition=reflection.cycle.edition, code="planned", unopened=True
        ),
        recorded=recorded,
        reviewed=reviewed_of(reflection, national=national),
        draft=SelfReflection.objects.get(pk=reflection.pk),
        submitted=submitted,
        lead=lead,
        contributor=UserFactory(contributor_to=reflection.cluster),
        leaderless=ClusterFactory(health_board=reflection.cluster.health_board),
        officer=officer,
        national=national,
        administrator=administrator,
        evidence=add_link(reflection, by=lead).pk,
        action=actions_of(reflection, lead=lead, officer=officer),
        learned=build_learned(by=national, practice=recorded.practice),
        packs=pack_pages(reflection.cycle, reflection.cluster.health_board, by=officer),
        upload=upload_of(reflection, lead),
        figure_files=figure_files_of(reflection, officer),
        **texts_of_translation(),
    )


def reviewed_of(reflection, *, national):
    """Of a cluster of its own: a facilitator takes the agreement out of its board's hands."""
    board = reflection.cluster.health_board
    reviewed = SelfReflectionFactory(
        cycle=reflection.cycle, cluster=ClusterFactory(health_board=board)
    )
    lead = UserFactory(lead_of=reviewed.cluster)
    answer_all(reviewed, by=lead)
    submit(reviewed, by=lead)
    build_review(reviewed, national=national)
    return reviewed


def actions_of(reflection, *, lead, officer):
    """One that is overdue, with every kind of step; one of an outcome, and one that is done."""
    criterion, owner = (
        criterion_of(reflection),
        UserFactory(contributor_to=reflection.cluster),
    )
    action, _of_the_outcome, done = (
        services.add_action(
            reflection=reflection,
            text=text,
            language="cy",
            due_on=timezone.localdate() - datetime.timedelta(days=1),
            by=lead,
            **about,
        )
        for text, about in [
            ("Agor clinig.", {"criterion": criterion}),
            ("Penodi nyrs.", {"outcome": criterion.outcome, "owner": lead}),
            ("Prynu offer.", {}),
        ]
    )

    def step(service, action, by=lead, **said):
        action.refresh_from_db()
        service(
            action=action, base_version=action.version, language="cy", by=by, **said
        )

    step(
        services.change_action,
        action,
        changes={
            "text": "Agor clinig. Penodi nyrs.",
            "owner_id": owner.pk,
            "due_on": None,
            "support_needed": "Ystafell arall.",
        },
    )
    step(services.change_action, action, changes={"owner_id": None})
    step(
        services.change_action,
        action,
        changes={"due_on": timezone.localdate() - datetime.timedelta(days=2)},
    )
    for service, by, said in [
        (services.set_action_status, lead, {"status": "under_way"}),
        (services.escalate_action, officer, {"escalated_to": "health_board"}),
    ]:
        step(service, action, by, note="Rheswm da.", **said)
    step(services.set_action_status, done, status="done", note="Mae'n haws.")
    return action.pk


def figure_files_of(reflection, officer):
    """Files with every fault, with something new and something unlike before, applied and undone."""
    board, cluster = reflection.cluster.health_board, reflection.cluster.code

    def sent(kind, rows, faults=()):
        upload = figure_uploads.keep_figure_file(
            health_board=board,
            kind=kind,
            edition=reflection.cycle.edition,
            file_name="2030-07-figures.csv",
            table=Table(
                columns={"cluster": 1, "indicator": 2, "period": 3, "numerator": 4},
                rows=[
                    [number, {"cluster": cluster, **row}]
                    for number, row in enumerate(rows, start=2)
                ],
                faults=list(faults),
            ),
            by=officer,
        )
        return figure_uploads.check_on(upload=upload, by=officer)

    def applied(*arguments):
        upload = sent(*arguments)
        fingerprint = compare(upload).fingerprint
        return figure_uploads.apply_figure_file(
            upload=upload, fingerprint=fingerprint, by=officer
        )

    people = [{"year": str(year), "people": "30000"} for year in range(2019, 2026)]
    figures = [
        {
            "indicator": "visits",
            "period": f"{year}-04",
            "numerator": "60" if year < 2025 else "900",
            "note": "Yn ôl y practis.",
            "source": "Synthetig",
        }
        for year in range(2019, 2026)
    ]
    populations = applied(POPULATIONS, people)
    undone = applied(FIGURES, figures[:2])
    applied(FIGURES, [figures[1] | {"numerator": "70"}])
    figure_uploads.undo_figure_file(upload=undone, by=officer)
    return {
        "populations": populations.pk,
        "undone": undone.pk,
        "applied": applied(FIGURES, figures[:1]).pk,
        "waiting": sent(FIGURES, figures).pk,
        "waiting_populations": sent(
            POPULATIONS, [*people[:6], {"year": "2025", "people": "90000"}]
        ).pk,
        "same": sent(POPULATIONS, people).pk,
        "wrong": sent(
            FIGURES,
            figures,
            [
                FigureFault(row, 3, "period", code.value, "12")
                for row, code in enumerate(FigureCode, start=2)
                if code != FigureCode.MISSING_COLUMN
            ],
        ).pk,
    }


def upload_of(reflection, lead):
    """A worksheet with one answer and one cell that cannot be read, sent back by the lead."""
    reading = Reading(
        filled=[
            Filled("LEVELS-1-going_well", 1, text="Gair arall o brofiad."),
            Filled("LEVELS-1-in_the_way", 0, text="Amser."),
        ],
        faults=[
            Fault("2 MGSG", f"D{row}", code, "12")
            for row, code in enumerate(FAULTS, start=2)
        ],
    )
    return services.keep_worksheet(
        reflection=reflection, file_name="2030-afan.xlsx", reading=reading, by=lead
    ).pk


def at_the_meeting(reflection, lead):
    """Views of three people on the first outcome, its discussion opened, and a session."""
    outcomes = [outcome_of(reflection), outcome_of(reflection, module="SIGNS")]
    for person in (
        lead,
        UserFactory(contributor_to=reflection.cluster),
        UserFactory(contributor_to=reflection.cluster),
    ):
        services.save_views(
            reflection=reflection,
            opinions=[services.Opinion(outcomes[0].pk, 0, "", "2", "Barn.", True)],
            language="cy",
            by=person,
        )
    services.open_discussion(reflection=reflection, outcome=outcomes[0], by=lead)
    services.start_session(
        reflection=reflection,
        agenda=outcomes,
        present=["pharmacy"],
        minutes_an_outcome=10,
        by=lead,
    )


def _before(reflection, *, lead, national):
    """What the cluster submitted in a cycle that is closed, when one criterion read otherwise."""
    now, days = timezone.now(), datetime.timedelta(days=1)
    before = SelfReflectionFactory(
        cluster=reflection.cluster,
        cycle=CycleFactory(
            edition=reflection.cycle.edition,
            opens_at=now - 400 * days,
            closes_at=now + days,
        ),
    )
    criterion = criterion_of(reflection)
    texts = criterion.text_cy, criterion.text_en
    criterion.text_cy, criterion.text_en = (f"{text} {text}" for text in texts)
    with thawed():
        criterion.save()
    answer_all(before, by=lead)
    save(before, entry(words_of(before), "Gair o'r blaen."), by=lead, language="cy")
    submit(before, by=lead)
    services.close_cycle(cycle=before.cycle, by=national)
    criterion.text_cy, criterion.text_en = texts
    with thawed():
        criterion.save()


def texts_of_translation():
    """A draft with every kind of warning, and a file with every kind of fault and change."""
    draft, translator = draft_to_translate(), UserFactory(translator=True)
    criteria = [first(draft, level) for level in (1, 2, 3)]
    content = made_workbook(draft, put(key_of(criteria[2]), cy="Un <b>", en="- One"))
    reading = read_texts(SimpleUploadedFile("texts.xlsx", content), draft)
    for code in Code:
        reading.add_fault(7, code, "12")
    upload = services_of_texts.keep_translation_file(
        edition=draft, file_name="texts.xlsx", reading=reading, by=translator
    )
    check_all(draft, translator)
    save_text(draft, translator, key_of(criteria[0]), cy="- un\n\n## Dau {tri}")
    save_text(draft, translator, key_of(criteria[1]), en="")
    # What only the file holds is known as stored text from here.
    save_text(draft, translator, key_of(criteria[2]), cy="Un <b>", en="- One")
    save_text(draft, translator, key_of(criteria[2]), cy="Tri", en="Three")
    return {
        "translator": translator,
        "to_translate": draft,
        "texts_upload": upload.pk,
    }


def translating(world):
    translator = world.translator
    draft = {"edition": world.to_translate.code}
    outcome = first(world.to_translate).outcome_id
    section = draft | {"section": f"outcome-{outcome}"}
    published = {"edition": world.draft.cycle.edition.code, "section": "edition"}
    preview = draft | {"upload": world.texts_upload}
    return [
        Page("home", translator),
        Page("translation:translation_list", translator),
        Page("translation:translation_edition", translator, draft),
        Page("translation:translation_section", translator, section),
        Page("translation:translation_section", translator, published),
        Page("translation:translation_check", translator, section),
        Page("translation:translation_files", translator, draft),
        Page("translation:translation_preview", translator, preview),
        Page(
            "frameworks:edition_changes",
            translator,
            draft | {"since": published["edition"]},
        ),
        *previews(world, draft),
    ]


def previews(world, draft):
    """A draft as its readers and clusters will see it."""
    module = draft | {"module": "LEVELS"}
    outcome = module | {"number": 1}
    person = world.administrator
    return [
        Page("framework_preview:edition_detail", person, draft),
        Page("framework_preview:module_detail", person, module),
        Page("framework_preview:module_logic_model", person, module),
        Page("framework_preview:outcome_detail", person, outcome),
        Page("framework_preview:outcome_logic_model", person, outcome),
        Page("form_preview", person, outcome),
    ]


def actions(world, draft):
    lead, action = world.lead, {"action": world.action}
    return [
        *(Page("actions:action_list", person) for person in (lead, world.officer)),
        Page("actions:action_list", world.newcomer),
        Page("actions:action_add", lead, draft),
        *(
            Page(f"actions:action_{name}", lead, action)
            for name in ("detail", "edit", "status", "escalate")
        ),
        Page("actions:action_detail", world.officer, action),
    ]


def figure_pages(world):
    board = {"board": world.draft.cluster.health_board.code}
    officer, files = world.officer, world.figure_files
    undoing = board | {"upload": files["applied"]}
    return [
        Page("indicators:figures_boards", world.national),
        Page("indicators:figures_upload", officer, board),
        *(
            Page("indicators:figure_upload_detail", officer, board | {"upload": upload})
            for upload in files.values()
        ),
        Page("indicators:figure_upload_undo", officer, undoing),
        Page(
            "indicators:figure_upload_undo",
            officer,
            board | {"upload": files["populations"]},
        ),
    ]


def pages(world):
    cycle = world.draft.cycle
    edition = {"edition": cycle.edition.code}
    draft = {"cycle": cycle.code, "cluster": world.draft.cluster.code}
    submitted = {"cycle": cycle.code, "cluster": world.submitted.cluster.code}
    ours = {"cluster": world.draft.cluster.code}
    lead, officer = world.lead, world.officer
    first = draft | {"module": "LEVELS", "number": 1}
    signs = draft | {"module": "SIGNS", "number": 1}
    elsewhere = {"cycle": cycle.code, "cluster": world.begun_nowhere.cluster.code}
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
        Page(
            "frameworks:module_logic_model",
            where=edition | {"module": "LEVELS"},
        ),
        Page(
            "frameworks:outcome_logic_model",
            where=edition | {"module": "LEVELS", "number": 1},
        ),
        Page("indicators:indicator_list", officer),
        Page("indicators:indicator_detail", officer, edition | {"indicator": "visits"}),
        Page(
            "indicators:figures_edit",
            officer,
            edition
            | {
                "indicator": "visits",
                "board": world.draft.cluster.health_board.code,
                "period": "2026-07",
            },
        ),
        *figure_pages(world),
        *(
            Page(*each)
            for each in review_pages(
                world.reviewed, officer=officer, national=world.national
            )
        ),
        *record_pages(Page, world.recorded, officer),
        *(
            Page(*each)
            for each in learned_page_list(
                world.learned, national=world.national, lead=lead
            )
        ),
        Page("password_reset"),
        Page("password_reset_sent"),
        Page(
            "password_reset_confirm",
            where={
                "uidb64": urlsafe_base64_encode(force_bytes(lead.pk)),
                "token": default_token_generator.make_token(lead),
            },
        ),
        Page("password_reset_done"),
        Page("people:invitation", where={"token": TOKEN}),
        Page("people:invitation", lead, {"token": TOKEN}),
        Page("people:people_list", lead, ours),
        Page("people:people_list", world.contributor, ours),
        Page("people:people_list", officer, {"cluster": world.leaderless.code}),
        Page("people:person_invite", lead, ours),
        Page("people:lead_invite", officer, {"cluster": world.leaderless.code}),
        Page("people:deputy_nominate", lead, ours),
        Page("people:hand_over", lead, ours),
        Page("people:person_remove", lead, ours | {"person": world.contributor.pk}),
        Page("people:cluster_leave", lead, ours),
        Page("people:cluster_leave", world.contributor, ours),
        Page("home", lead),
        Page("account", lead),
        Page("own_emails", lead),
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
        Page("assessments:own_views_edit", lead, draft),
        Page("assessments:own_view_edit", lead, first),
        Page("assessments:own_view_edit", lead, signs),
        Page("assessments:discussion_detail", lead, first),
        Page("assessments:discussion_detail", lead, signs),
        Page("assessments:discussion_detail", world.newcomer, first | elsewhere),
        Page("assessments:session_detail", world.newcomer, elsewhere),
        Page("assessments:session_step", lead, first | {"step": "outcome"}),
        Page("assessments:session_step", lead, first | {"step": "1"}),
        Page("assessments:session_step", lead, first | {"step": "end"}),
        Page("assessments:session_step", lead, signs | {"step": "end"}),
        Page("assessments:session_change", lead, draft),
        Page("assessments:session_end", lead, draft),
        Page("assessments:enablers_edit", lead, draft),
        Page("assessments:closing_edit", lead, draft),
        Page("assessments:draft_detail", lead, draft),
        Page("assessments:evidence_list", lead, draft),
        Page("assessments:evidence_add", lead, draft),
        Page("assessments:evidence_edit", lead, draft | {"evidence": world.evidence}),
        Page("assessments:worksheet_detail", lead, draft),
        Page("assessments:worksheet_preview", lead, draft | {"upload": world.upload}),
        Page("assessments:answer_history", lead, draft | {"key": "about-cluster"}),
        Page(
            "assessments:outcome_answer_history",
            lead,
            draft | {"module": "LEVELS", "number": 1, "question": "going-well"},
        ),
        Page("assessments:change_list", lead, draft),
        Page("assessments:state_list", lead, draft),
        Page("assessments:state_list", officer, submitted),
        Page("assessments:submission_changes", officer, draft | {"number": 2}),
        Page("assessments:extension_grant", officer, draft),
        Page("assessments:reflection_check", lead, draft),
        Page("assessments:submission_detail", lead, draft | {"number": 1}),
        Page("home", officer),
        *actions(world, draft),
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
        Page("cycles:cycle_list", world.national),
        Page("cycles:cycle_add", world.national),
        Page("cycles:cycle_detail", world.national, {"cycle": world.planned.code}),
        Page("cycles:cycle_edit", world.national, {"cycle": world.planned.code}),
        Page("cycles:cycle_open", world.national, {"cycle": world.planned.code}),
        *(
            Page(f"cycles:cycle_{name}", world.national, {"cycle": cycle.code})
            for name in ("detail", "edit", "open", "extend", "close")
        ),
        Page("cycles:cycle_close", world.administrator, {"cycle": cycle.code}),
        Page("reporting:national", world.national, {"cycle": cycle.code}),
        Page("dashboard:overview", world.national, {"scope": "wales"}),
        Page(
            "dashboard:overview",
            lead,
            {"scope": f"cluster-{world.draft.cluster.code}"},
        ),
        Page("dashboard:data", world.national, {"scope": "wales"}),
        *(
            Page(name, world.national, {"scope": "wales", "exhibit": exhibit})
            for name in ("dashboard:commentary", "dashboard:commentary_history")
            for exhibit in ("page", "distribution")
        ),
        Page("dashboard:dictionary", world.national, {"scope": "wales"}),
        Page("tokens:token_list", world.national),
        Page("tokens:token_make", world.national),
        Page("tokens:api_guide", world.national),
        Page("packs:pack_list", officer),
        Page(
            "packs:pack_ask",
            officer,
            {
                "area": f"board-{world.draft.cluster.health_board.code}",
                "cycle": cycle.code,
            },
        ),
        *(Page("packs:pack_detail", officer, {"pack": pack}) for pack in world.packs),
        Page("dashboard:outcomes", world.national, {"scope": "wales"}),
        Page("dashboard:actions", world.national, {"scope": "wales"}),
        Page("dashboard:needs", world.national, {"scope": "wales"}),
        Page("dashboard:goals", world.national, {"scope": "wales"}),
        Page("dashboard:factors", world.national, {"scope": "wales"}),
        Page("dashboard:levels", world.national, {"scope": "wales"}),
        Page("dashboard:variation", world.national, {"scope": "wales"}),
        *translating(world),
        Page("home", world.administrator),
    ]
