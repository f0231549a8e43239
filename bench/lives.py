"""The life of a framework: what administrators, translators and clusters do to it, at random.

A life is a list of steps, each the name of an act and a number that all its choices come from, so
that the same steps make the same life. Acts go through the services and through the forms of Django
admin, as people would; an act that is refused is part of the life. ``Watch`` remembers what
clusters have submitted, and says what is no longer as it was.
"""

import datetime
import hashlib
import io
import json
import random
import uuid
from dataclasses import astuple, dataclass, field

import pypdf
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import (
    CriterionChoice,
    Cycle,
    FactorChoice,
    MethodChoice,
    Question,
    SignsChoice,
    Submission,
    SubmittedOutcome,
)
from assessments.selectors import agreed_levels
from assessments.selectors.clusters import free_from
from assessments.snapshot import digest
from assessments.subjects import Subject
from frameworks.correcting import CorrectionRefused, NotPublished, correct, frozen_texts
from frameworks.exchange import load
from frameworks.models import (
    Criterion,
    Edition,
    EnablingFactor,
    Indicator,
    Level,
    LogicModelEntry,
    Module,
    Outcome,
)
from frameworks.services import (
    CodeTaken,
    InUse,
    NotNow,
    NotReady,
    copy_edition,
    mark_unofficial,
    move,
    publish,
    retire,
)
from organisations import services as organisations
from organisations.models import (
    Cluster,
    HealthBoard,
    LocalAuthority,
    Membership,
    RegionalPartnershipBoard,
    Role,
    User,
)
from reporting.exhibits import Page
from reporting.heat_map import load_heat_maps
from reporting.pdf.report import render_report
from reporting.scopes import EVERYWHERE
from reporting.selectors import load_progress

ANSWERED = 0.8  # the share of questions that somebody answers
WORDS = [
    "gofal",
    "lleol",
    "tîm",
    "clwstwr",
    "dysgu",
    "ŵyl",
    "tŷ",
    "iechyd",
    "care",
    "local",
    "team",
    "learning",
    "<b>",
    "=1+1",
]


def small_edition():
    """The file of an edition that is as small as it can be and has everything."""

    def text(cy, en):
        return {"cy": cy, "en": en}

    def criteria(levels):
        return [
            {
                "level": level,
                "number": number,
                "text": text(
                    f"Maen prawf {level}.{number}", f"Criterion {level}.{number}"
                ),
                "editor_note": None,
            }
            for level in levels
            for number in (1, 2)
        ]

    def module(number, code, levels):
        return {
            "code": code,
            "number": number,
            "uses_levels": levels != [None],
            "title": text(f"Modiwl {number}", f"Module {number}"),
            "abbreviation": text(f"M{number}", f"M{number}"),
            "introduction": None,
            "context": None,
            "framework_introduction": None,
            "criteria_heading": text("Meini prawf", "Criteria"),
            "footnotes": None,
            "editor_note": None,
            "outcomes": [
                {
                    "number": outcome,
                    "title": text(f"Canlyniad {outcome}", f"Outcome {outcome}"),
                    "narrative": text("- Un\n- Dau", "- One\n- Two"),
                    "note": None,
                    "criteria": criteria(levels),
                    "wellbeing_goals": [1],
                    "editor_note": None,
                }
                for outcome in (1, 2)
            ],
        }

    return json.dumps(
        {
            "code": "synthetic",
            "title": text("Rhifyn synthetig", "Synthetic edition"),
            "publisher": text("Neb", "Nobody"),
            "issued": "2030-01",
            "source": text("Data synthetig", "Synthetic data"),
            "licence_note": text("Dim", "None"),
            "unofficial_language": "en",
            "introduction": None,
            "context": None,
            "principles_introduction": None,
            "principles": [],
            "enabling_factors_introduction": None,
            "enabling_factors": [
                {
                    "number": 1,
                    "title": text("Arwain", "Leading"),
                    "text": text("A", "B"),
                }
            ],
            "wellbeing_goals": [
                {"number": number, "title": text(f"Nod {number}", f"Goal {number}")}
                for number in (1, 2)
            ],
            "footnotes": None,
            "editor_note": None,
            "modules": [
                module(1, "LEVELS", list(Level.values)),
                module(2, "SIGNS", [None]),
            ],
        }
    ).encode()


# What must stay -------------------------------------------------------------------------


@dataclass
class Watch:
    """What was submitted, as it was then."""

    national: User
    with_pdf: bool = False
    submissions: dict = field(default_factory=dict)  # by primary key
    figures: dict = field(default_factory=dict)  # of closed cycles, by primary key

    def remember(self, cycle):
        """Keep what was submitted in ``cycle``, which is closed, and its figures."""
        for submission in Submission.objects.filter(reflection__cycle=cycle):
            self.submissions[submission.pk] = self._submission(submission.pk)
        self.figures[cycle.pk] = self._figures(cycle.pk)

    def changed(self):
        """What is no longer as it was, in words; nothing is what is hoped for."""
        return [
            f"submission {key}"
            for key, kept in self.submissions.items()
            if self._submission(key) != kept
        ] + [
            f"figures of cycle {key}"
            for key, kept in self.figures.items()
            if self._figures(key) != kept
        ]

    def _submission(self, key):
        """The hash of the edition, texts, answers and levels; and the text of the PDFs."""
        submission = Submission.objects.get(pk=key)
        rows = SubmittedOutcome.objects.filter(submission=key).order_by("pk")
        held = json.dumps(
            [
                json.loads(submission.content),
                list(rows.values()),
                list(rows.values("agreed_level__level", "agreed_level__reason")),
            ],
            default=str,
            sort_keys=True,
        )
        return (
            submission.content_hash,
            digest(submission.content),
            hashlib.sha256(held.encode()).hexdigest(),
            self._pdf(submission) if self.with_pdf else "",
        )

    def _pdf(self, submission):
        raw = render_report(
            submission, languages=("cy", "en"), agreed=agreed_levels(submission)
        )
        pages = pypdf.PdfReader(io.BytesIO(raw)).pages
        return "\n".join(page.extract_text() for page in pages)

    def _figures(self, key):
        """Every number that is read of a cycle, for Wales and for each board."""
        user, cycle = User.objects.get(pk=self.national.pk), Cycle.objects.get(pk=key)
        progress = load_progress(user, cycle)
        return (
            progress.figures,
            [(board.health_board.pk, board.figures) for board in progress.boards],
            [
                (
                    row.reflection.pk,
                    row.submission_number,
                )
                for board in progress.boards
                for row in sorted(board.clusters, key=lambda row: row.reflection.pk)
            ],
            [
                sorted(
                    (row.cluster.code, [astuple(cell) for cell in row.cells])
                    for row in heat_map.rows
                )
                for heat_map in load_heat_maps(Page(user, EVERYWHERE, cycle, [cycle]))
            ],
        )


# The world ------------------------------------------------------------------------------


@dataclass
class World:
    administrator: User
    national: User
    officer: User
    lead: User
    board: HealthBoard
    watch: Watch
    steps: int = 0
    done: dict = field(default_factory=dict)  # how often each act was done, not refused

    def client(self):
        client = Client(headers={"host": "testserver"})
        client.force_login(self.administrator)
        return client


def furnish(*, with_pdf=False):
    """Two clusters that have submitted in a closed cycle on a published edition."""
    region = RegionalPartnershipBoard.objects.create(
        code="r", name_cy="Rhanbarth", name_en="Region"
    )
    board = HealthBoard.objects.create(
        code="b",
        gss_code="W1",
        name_cy="Bwrdd",
        name_en="Board",
        short_name_cy="Bwrdd",
        short_name_en="Board",
        regional_partnership_board=region,
    )
    authority = LocalAuthority.objects.create(code="l", name_cy="Sir", name_en="County")
    clusters = [
        Cluster.objects.create(
            code=code,
            name_cy=f"Clwstwr {code}",
            name_en=f"Cluster {code}",
            health_board=board,
            local_authority=authority,
        )
        for code in ("afan", "ogwr")
    ]
    administrator = _person("administrator", role=Role.ADMINISTRATOR)
    national = _person("national", role=Role.NATIONAL_OFFICER)
    officer = _person("officer", role=Role.HEALTH_BOARD_OFFICER, health_board=board)
    lead = _person("lead")
    for cluster in clusters:
        Membership.objects.create(user=lead, role=Role.CLUSTER_LEAD, cluster=cluster)
    world = World(
        administrator=administrator,
        national=national,
        officer=officer,
        lead=lead,
        board=board,
        watch=Watch(national, with_pdf),
    )
    edition, _ = load(small_edition(), by=administrator)
    hold_a_cycle(world, edition, _dice(1))
    return world


def _dice(number):
    return random.Random(number)  # noqa: S311 (nothing here is secret)


def _person(name, role=None, **scope):
    user = User.objects.create(
        email=f"{name}@example.test",
        name=f"Synthetic {name}",
        password=make_password(None),
    )
    if role:
        Membership.objects.create(user=user, role=role, **scope)
    return user


def _again(user):
    """The person without what was known of their roles."""
    return User.objects.get(pk=user.pk)


def hold_a_cycle(world, edition, dice):
    """A cycle from opening to closing: the lead's clusters submit, one twice, one is agreed."""
    now, national = timezone.now(), _again(world.national)
    cycle = Cycle.objects.create(
        code=f"c{Cycle.objects.count() + 1}",  # one seed may come twice
        name_cy="Cylch synthetig",
        name_en="Synthetic cycle",
        edition=edition,
        opens_at=now - datetime.timedelta(hours=1),
        closes_at=now + datetime.timedelta(days=1),
    )
    services.open_cycle(cycle=cycle, by=national)
    lead = _again(world.lead)
    for reflection in cycle.reflections.select_related("cluster").order_by("pk"):
        if reflection.cluster_id not in lead.cluster_ids(Role.CLUSTER_LEAD):
            continue
        _fill_in(reflection, dice, by=lead)
        services.submit(reflection=reflection, by=lead, incomplete_confirmed=True)
        if dice.random() < 0.3:
            services.return_reflection(
                reflection=reflection,
                by=_again(world.officer),
                reason="Look again.",
                language="en",
            )
            _fill_in(reflection, dice, by=lead)
            services.submit(reflection=reflection, by=lead, incomplete_confirmed=True)
        if dice.random() < 0.5:
            _agree(reflection, dice, by=_again(world.officer))
    services.close_cycle(cycle=cycle, by=national)
    world.watch.remember(Cycle.objects.get(pk=cycle.pk))


def _fill_in(reflection, dice, *, by):
    """Answer some of it, chosen by ``dice``."""
    edition = reflection.cycle.edition
    versions = {
        Subject.of(answer): answer.version for answer in reflection.answers.all()
    }
    entries = []

    def say(subject, *, choice="", text=""):
        if dice.random() < ANSWERED:
            version = versions.get(subject, 0)
            entries.append(
                services.Entry(
                    subject=subject, base_version=version, choice=choice, text=text
                )
            )

    for criterion in Criterion.objects.filter(outcome__module__edition=edition):
        choices = CriterionChoice if criterion.level else SignsChoice
        say(
            Subject(criterion_id=criterion.pk),
            choice=dice.choice(choices.values),
            text=_words(dice),
        )
    for outcome in Outcome.objects.filter(module__edition=edition).select_related(
        "module"
    ):
        say(
            Subject(outcome_id=outcome.pk, question=Question.GOING_WELL),
            text=_words(dice),
        )
        if outcome.module.uses_levels:
            highest = outcome.module.highest_level
            say(
                Subject(outcome_id=outcome.pk, question=Question.OWN_LEVEL),
                choice=str(dice.randint(0, highest)),
                text=_words(dice),
            )
    for factor in EnablingFactor.objects.filter(edition=edition):
        say(
            Subject(enabling_factor_id=factor.pk),
            choice=dice.choice(FactorChoice.values),
            text=_words(dice),
        )
    say(Subject(question=Question.METHOD), choice=dice.choice(MethodChoice.values))
    services.save_answers(
        reflection=reflection,
        entries=entries,
        language="en",
        operation_id=uuid.UUID(int=dice.getrandbits(128)),
        by=by,
    )


def _agree(reflection, dice, *, by):
    latest = reflection.submissions.order_by("-number").first()
    rows = latest.submitted_outcomes.filter(uses_levels=True)
    levels = {
        row.outcome_id: (
            dice.randint(0, row.outcome.module.highest_level),
            "Agreed in conversation.",
            "en",
        )
        for row in rows.select_related("outcome__module")
    }
    services.record_agreement(reflection=reflection, by=by, levels=levels)


def _words(dice):
    return " ".join(dice.choices(WORDS, k=dice.randint(2, 8)))


# Acts -----------------------------------------------------------------------------------


def live(world, steps):
    """Do the ``steps``, pairs of an act's name and a number; raises Disturbed at the first harm."""
    for name, number in steps:
        # What fails half-way is undone, as a request would be.
        try:
            with transaction.atomic():
                ACTS[name](world, _dice(number))
        except REFUSALS:
            continue
        finally:
            world.steps += 1
        world.done[name] = world.done.get(name, 0) + 1
    if changed := world.watch.changed():
        raise Disturbed(changed)


class Disturbed(Exception):
    """What was submitted is no longer as it was."""


class NothingThere(Exception):
    """There is nothing that the act could be done to."""


REFUSALS = (
    CodeTaken,
    CorrectionRefused,
    InUse,
    NothingThere,
    NotNow,
    NotPublished,
    NotReady,
    organisations.NothingNew,
    organisations.CodeTaken,
    organisations.Refused,
)


def _one(dice, rows):
    """One of ``rows``, the same for the same dice."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise NothingThere
    return rows.get(pk=dice.choice(keys))


def drafts():
    return Edition.objects.filter(status=Edition.Status.DRAFT)


def frozen():
    return Edition.objects.exclude(status=Edition.Status.DRAFT)


def correct_a_wording(world, dice):
    edition = _one(dice, frozen())
    texts = list(frozen_texts(edition).values())
    chosen = dice.sample(texts, k=min(len(texts), dice.randint(1, 4)))
    correct(
        edition=edition,
        reason_cy="Camgymeriad.",
        reason_en="A slip.",
        dated_on=timezone.localdate(),
        texts={
            text.key: {
                language: _words(dice)[: text.longest]
                for language in dice.choice([("cy",), ("en",), ("cy", "en")])
            }
            for text in chosen
        },
        makes_official=dice.random() < 0.3,
        by=_again(world.administrator),
    )


def begin_a_draft(world, dice):
    number = dice.randint(1, 10**6)
    copy_edition(
        edition=_one(dice, Edition.objects.all()),
        code=f"draft-{number}",
        title_cy=f"Rhifyn {number}",
        title_en=f"Edition {number}",
        issued="2031-01",
        by=_again(world.administrator),
    )


def publish_a_draft(world, dice):
    edition, by = _one(dice, drafts()), _again(world.administrator)
    for language in ("cy", "en"):
        mark_unofficial(edition=edition, language=language, by=by)
    publish(edition=edition, by=by)


def retire_an_edition(world, dice):
    edition = _one(dice, Edition.objects.published())
    retire(edition=edition, by=_again(world.administrator))


def edit_an_outcome(world, dice):
    """On its page in the admin: words, numbers, a criterion more or less."""
    outcome = _one(dice, Outcome.objects.filter(module__edition__in=drafts()))

    def change(data):
        rows = int(data["criteria-TOTAL_FORMS"])
        for row in range(rows):
            if dice.random() < 0.4:
                data[f"criteria-{row}-text_{dice.choice(['cy', 'en'])}"] = _words(dice)
            if dice.random() < 0.3:
                data[f"criteria-{row}-number"] = str(dice.randint(1, rows))
            if dice.random() < 0.15 and row:
                data[f"criteria-{row}-DELETE"] = "on"
        data[f"title_{dice.choice(['cy', 'en'])}"] = _words(dice)

    _send_form(world, outcome, change)


def edit_what_is_frozen(world, dice):
    """With a page that was drawn before publishing, or by hand: nothing may come of it."""
    model = dice.choice([Edition, Module, Outcome, Criterion])
    way = {
        Edition: "pk__in",
        Module: "edition__in",
        Outcome: "module__edition__in",
        Criterion: "outcome__module__edition__in",
    }[model]
    thing = _one(dice, model.objects.filter(**{way: frozen()}))

    def change(data):
        for name in ("title_cy", "title_en", "text_cy", "text_en", "number", "code"):
            data[name] = _words(dice)
        for row in range(int(data.get("criteria-TOTAL_FORMS", 0))):
            data[f"criteria-{row}-text_en"] = _words(dice)

    _send_form(world, thing, change)


def edit_what_stays_open(world, dice):
    """A logic model, an indicator, the links to goals: of any edition."""
    outcome = _one(dice, Outcome.objects.all())
    LogicModelEntry.objects.create(
        outcome=outcome,
        kind=dice.choice(LogicModelEntry.Kind.values),
        number=dice.randint(1, 99),
        text_cy=_words(dice),
        text_en=_words(dice),
    )
    number = dice.randint(1, 30_000)
    edition = outcome.module.edition
    indicator, _ = Indicator.objects.get_or_create(
        edition=edition,
        number=number,
        code=f"i{number}",
        defaults={
            **{
                f"{name}_{language}": _words(dice)
                for name in ("name", "description", "source")
                for language in ("cy", "en")
            },
            "unit": dice.choice(Indicator.Unit.values),
            "direction": dice.choice(Indicator.Direction.values),
            "period": dice.choice(Indicator.Period.values),
        },
    )
    indicator.outcomes.add(outcome)
    goals = list(edition.wellbeinggoals.order_by("pk"))
    outcome.wellbeing_goals.set(dice.sample(goals, k=dice.randint(0, len(goals))))
    outcome.editor_note_en = _words(dice)
    outcome.save(update_fields=["editor_note_en"])


def delete_something(world, dice):
    """On its page in the admin: a part of a draft goes, everything else is refused."""
    thing = _one(dice, dice.choice([Edition, Module, Outcome, Criterion]).objects.all())
    world.client().post(_admin(thing, "delete"), {"post": "yes"})


def move_something(world, dice):
    module = _one(dice, Module.objects.filter(edition__in=drafts()))
    outcome = _one(dice, module.outcomes.all())
    move(
        thing=outcome,
        siblings=module.outcomes.all(),
        by=_again(world.administrator),
        places=dice.choice([-1, 1, 2]),
    )


def write_past_the_program(world, dice):
    """Straight to the database: refused by it."""
    statement = dice.choice(
        [
            "UPDATE frameworks_criterion SET text_en = 'x', text_cy = 'x' WHERE outcome_id IN "
            "(SELECT o.id FROM frameworks_outcome o JOIN frameworks_module m ON m.id = "
            "o.module_id JOIN frameworks_edition e ON e.id = m.edition_id WHERE "
            "e.status <> 'draft')",
            "DELETE FROM frameworks_edition WHERE status <> 'draft'",
            "UPDATE frameworks_edition SET status = 'draft' WHERE status <> 'draft'",
            "UPDATE assessments_submission SET content = 'x'",
            "DELETE FROM assessments_submittedoutcome",
        ]
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return
    raise Disturbed([f"the database took: {statement}"])


def rename_a_cluster(world, dice):
    organisations.rename_cluster(
        cluster=_one(dice, Cluster.objects.all()),
        name_cy=_words(dice),
        name_en=_words(dice),
        by=_again(world.administrator),
    )


def merge_two_clusters(world, dice):
    clusters = list(Cluster.objects.filter(closed_on=None).order_by("pk"))
    if len(clusters) < 2:
        raise NothingThere
    plan = {
        "clusters": dice.sample(clusters, k=2),
        "into": organisations.NewCluster(
            name_cy=_words(dice),
            name_en=_words(dice),
            code=f"m{Cluster.objects.count() + 1}",
            local_authority=clusters[0].local_authority,
        ),
        "on": timezone.localdate() + datetime.timedelta(days=dice.randint(0, 30)),
        "free_from": free_from,
    }
    shown = organisations.plan_merger(**plan)
    organisations.merge_clusters(
        **plan, by=_again(world.administrator), seen=shown.digest
    )


def hold_another_cycle(world, dice):
    hold_a_cycle(world, _one(dice, Edition.objects.published()), dice)


ACTS = {
    act.__name__: act
    for act in (
        correct_a_wording,
        begin_a_draft,
        publish_a_draft,
        retire_an_edition,
        edit_an_outcome,
        edit_what_is_frozen,
        edit_what_stays_open,
        delete_something,
        move_something,
        write_past_the_program,
        rename_a_cluster,
        merge_two_clusters,
        hold_another_cycle,
    )
}


def _admin(thing, page):
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[thing.pk])


def _send_form(world, thing, change):
    """Open the thing's page in the admin, ``change`` what would be sent, and send it."""
    client, address = world.client(), _admin(thing, "change")
    page = client.get(address)
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {"_save": "1"}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                data[bound.html_name] = value
    change(data)
    reply = client.post(address, data)
    if reply.status_code >= 500:
        raise Disturbed([f"{address}: {reply.status_code}"])
