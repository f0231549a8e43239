"""Loading the demonstration: people, two cycles, and self-reflections at every stage.

Answers are written in bulk, as the first version of each; every change of state goes through
the services, so that submissions, hashes and the history are what they always are. When they
happened is put right at the end: see ``clock``.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments import maturity, services
from assessments.models import (
    Answer,
    AnswerVersion,
    CriterionChoice,
    Cycle,
    SelfReflection,
    StateChange,
)
from assessments.needs import load_tags
from assessments.services.people import invite
from assessments.services.states import change_state, locked
from assessments.subjects import Subject
from cdf_site.demonstration import (
    evidence,
    figures,
    learned,
    meeting,
    needs,
    outbox,
    plan,
    review,
)
from cdf_site.demonstration.accounts import ACCOUNTS, NAMES, PASSWORD, Account
from cdf_site.demonstration.answers import Habits, Occasion, Writing, generator
from cdf_site.demonstration.clock import put_back
from cdf_site.demonstration.hours import start_of_day
from cdf_site.demonstration.plan import Stage
from cdf_site.demonstration.words import Words, read_texts
from frameworks.models import Edition, Outcome
from organisations.audit import record
from organisations.models import (
    AuditEvent,
    Cluster,
    HealthBoard,
    Membership,
    Profession,
    Role,
    User,
)

EDITION = "2022-05"
CHANGED_AFTER_RETURN = 4  # criteria
DEPUTY_FOR = timedelta(days=60)
GROWTH = 0.45  # of a level, from the earlier cycle to this one
AGREED_OTHERWISE = 0.14  # of the outcomes
LAST_ANSWER = 0.7  # of the time from a cluster's first answer on, at the latest


class Refused(Exception):
    """The demonstration cannot be loaded here; nothing was changed."""


class AlreadyInUse(Refused):
    """There are people or cycles: an invented Wales does not go in among them."""


@transaction.atomic
def load(*, say=lambda line: None, clusters_per_board=None):
    """Load the demonstration into a database that holds the framework and the organisations only.

    ``say`` is told how far it is. ``clusters_per_board`` leaves the further clusters of each
    board without answers, which is quicker. Raises Refused with the reason.
    """
    _refuse_in_use()
    if not settings.DEMONSTRATION:
        raise Refused(_("Set DEMONSTRATION=1 to load the demonstration."))
    edition = _edition()
    _refuse_without_organisations()

    people = _People()
    loader = _Loader(edition=edition, people=people, say=say, limit=clusters_per_board)
    this_cycle, cycle_before = _cycle(edition), _cycle(edition, years_ago=1)
    closed_at = cycle_before.closes_at
    # Nothing is taken after a cycle's closing date: the earlier one is filled while it is
    # open still, and gets its own dates when it has been closed.
    cycle_before.closes_at = this_cycle.closes_at
    cycle_before.save()
    loader.fill(
        cycle_before,
        shares=plan.CYCLE_BEFORE,
        fixed=plan.CYCLE_BEFORE_FIXED,
        until=closed_at,
        growth=-GROWTH,
    )
    services.close_cycle(cycle=cycle_before, by=people.national_officer)
    Cycle.objects.filter(pk=cycle_before.pk).update(
        opened_at=F("opens_at"), closes_at=closed_at, closed_at=closed_at
    )

    this_cycle.save()
    loader.fill(
        this_cycle,
        shares=plan.THIS_CYCLE,
        fixed=plan.THIS_CYCLE_FIXED,
        until=timezone.now(),
    )
    Cycle.objects.filter(pk=this_cycle.pk).update(opened_at=F("opens_at"))
    put_back(*Cycle.objects.all())
    _invite_somebody(people)
    _flag_a_few(this_cycle, people)
    afan = people.clusters[meeting.CLUSTER]
    meeting.prepare(
        this_cycle, lead=people.lead(afan), contributor=people.contributor(afan)
    )
    review.prepare(this_cycle, cycle_before, people=people, texts=loader.texts)
    figures.enter(edition, people=people)
    learned.publish_a_page(by=people.national_officer)
    needs.say_needs()
    outbox.keep_a_few(
        cycle=this_cycle, addresses={account.email for account in ACCOUNTS}
    )
    record(
        AuditEvent.Kind.DEMONSTRATION_LOADED,
        by=None,
        people=User.objects.count(),
        self_reflections=SelfReflection.objects.count(),
        answers=Answer.objects.count(),
    )


# What has to be there, and what must not ------------------------------------------------


def _refuse_in_use():
    if User.objects.exists() or Cycle.objects.exists():
        raise AlreadyInUse(
            _(
                "There are people or assessment cycles in this database already: "
                "the demonstration was not loaded."
            )
        )


def _edition():
    edition = (
        Edition.objects.published()
        .prefetch_related("modules__outcomes__criteria", "enablingfactors")
        .filter(code=EDITION)
        .first()
    )
    if edition is None:
        raise Refused(
            _(
                "The framework is missing: first run "
                "manage.py load_framework fixtures/framework-2022-05.json"
            )
        )
    return edition


def _refuse_without_organisations():
    clusters = {account.cluster for account in ACCOUNTS if account.cluster}
    boards = {account.health_board for account in ACCOUNTS if account.health_board}
    if Cluster.objects.filter(code__in=clusters).count() < len(
        clusters
    ) or HealthBoard.objects.filter(code__in=boards).count() < len(boards):
        raise Refused(
            _(
                "The organisations are missing: first run "
                "manage.py load_organisations fixtures/organisations.json"
            )
        )


# People and cycles ----------------------------------------------------------------------


def _invite_somebody(people):
    """One invitation that waits: its link is in the outbox."""
    cluster = Cluster.objects.get(code="afan")
    invite(
        cluster=cluster,
        email="optometrist.afan@example.test",
        by=people.lead(cluster),
        profession=Profession.OPTOMETRY,
    )


def _flag_a_few(cycle, people):
    """What Afan wants to talk about: an outcome, and a criterion of another."""
    reflection = cycle.reflections.select_related("cluster").get(cluster__code="afan")
    second, fifth = Outcome.objects.filter(
        module__edition=cycle.edition, module__number=1, number__in=[2, 5]
    ).select_related("module")
    services.raise_flag(
        reflection=reflection,
        outcome=second,
        by=people.contributor(reflection.cluster),
    )
    services.raise_flag(
        reflection=reflection,
        outcome=fifth,
        criterion=fifth.criteria.last(),
        by=people.lead(reflection.cluster),
    )


class _People:
    """The accounts, and for every other cluster and board somebody who cannot sign in."""

    def __init__(self):
        self.clusters = {cluster.code: cluster for cluster in Cluster.objects.all()}
        self.boards = {board.code: board for board in HealthBoard.objects.all()}
        accounts = [*ACCOUNTS, *self._others()]
        # Hashing is slow on purpose, and this password is no secret: once does for all.
        password, none = make_password(PASSWORD), make_password(None)
        long_ago = timezone.localdate() - timedelta(days=3 * 365)
        users = User.objects.bulk_create(
            User(
                email=account.email,
                name=self._name(account),
                language=account.language,
                password=password if account in ACCOUNTS else none,
                joined_at=timezone.make_aware(datetime.combine(long_ago, time(9))),
            )
            for account in accounts
        )
        Membership.objects.bulk_create(
            Membership(
                user=user,
                role=role,
                cluster=self.clusters.get(account.cluster),
                health_board=self.boards.get(account.health_board),
                profession=account.profession,
                starts_on=long_ago,
                ends_on=timezone.localdate() + DEPUTY_FOR
                if role == Role.DEPUTY_LEAD
                else None,
            )
            for role, user, account in self._roles(users, accounts)
        )
        self._people = list(zip(accounts, users, strict=True))
        self.national_officer = self._first(role=Role.NATIONAL_OFFICER)

    def _roles(self, users, accounts):
        """Each person's role; a deputy is a contributor too, and remains one."""
        for user, account in zip(users, accounts, strict=True):
            if account.role == Role.DEPUTY_LEAD:
                yield Role.CONTRIBUTOR, user, account
            yield account.role, user, account

    def _others(self):
        led = {
            account.cluster for account in ACCOUNTS if account.role == Role.CLUSTER_LEAD
        }
        overseen = {account.health_board for account in ACCOUNTS}
        for code in sorted(self.clusters.keys() - led):
            language = generator("lead", code).choice(Habits.of(code).languages)
            email = f"lead.{code}@example.test"
            yield Account(email, Role.CLUSTER_LEAD, language, cluster=code)
        for position, code in enumerate(sorted(self.boards.keys() - overseen)):
            email = f"officer.{slugify(self.boards[code].short_name_en)}@example.test"
            language = "cy" if position % 2 else "en"
            yield Account(email, Role.HEALTH_BOARD_OFFICER, language, health_board=code)

    def _name(self, account):
        scope = ""
        if account.cluster:
            scope = getattr(self.clusters[account.cluster], f"name_{account.language}")
        elif account.health_board:
            board = self.boards[account.health_board]
            scope = getattr(board, f"short_name_{account.language}")
        return NAMES[account.role][account.language].format(scope=scope)

    def _first(self, **wanted):
        for account, user in self._people:
            if all(getattr(account, name) == value for name, value in wanted.items()):
                return user
        return None

    def lead(self, cluster):
        return self._first(role=Role.CLUSTER_LEAD, cluster=cluster.code)

    def contributor(self, cluster):
        return self._first(role=Role.CONTRIBUTOR, cluster=cluster.code)

    def officer(self, cluster):
        return self._first(
            role=Role.HEALTH_BOARD_OFFICER, health_board=cluster.health_board.code
        )


def _cycle(edition, years_ago=0):
    """From the first day of last month to the last of next month, so many years ago."""
    today = timezone.localdate()
    months = -12 * years_ago
    opens_on = _first_of_month(today, months - 1)
    closes_on = _first_of_month(today, months + 2) - timedelta(days=1)
    year = today.year - years_ago
    return Cycle(
        code=str(year),
        name_cy=f"Hunanfyfyrio {year}",
        name_en=f"Self-reflection {year}",
        edition=edition,
        opens_at=timezone.make_aware(datetime.combine(opens_on, time(9))),
        closes_at=timezone.make_aware(datetime.combine(closes_on, time(17))),
    )


def _first_of_month(day, months):
    """The first day of the month that is so many ``months`` after the one of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


# Self-reflections -----------------------------------------------------------------------


@dataclass
class _Loader:
    """Brings the self-reflections of a cycle to the stages that the plan has for them."""

    edition: Edition
    people: _People
    say: callable
    limit: int | None
    texts: dict = field(default_factory=read_texts)
    tags: list = field(default_factory=load_tags)

    def fill(self, cycle, *, shares, fixed, until, growth=0):
        """Open ``cycle`` and bring its self-reflections on; answers are dated before the day of ``until``."""
        until = start_of_day(until)
        services.open_cycle(cycle=cycle, by=self.people.national_officer)
        reflections = {
            reflection.cluster.code: reflection
            for reflection in cycle.reflections.select_related(
                "cluster__health_board"
            ).order_by("cluster__health_board__code", "cluster__code")
        }
        stages = plan.stages(self._chosen(reflections, fixed), shares, fixed)
        progress = plan.draft_progress(stages)
        boards = groupby(stages, lambda code: reflections[code].cluster.health_board)
        for board, codes in boards:
            for code in codes:
                random = generator("answers", code, growth)
                begun_at = cycle.opens_at + (until - cycle.opens_at) * random.uniform(
                    0, 0.4
                )
                # Whoever submitted left the board time to read, and to answer.
                latest = 0.98 if stages[code] == Stage.DRAFT else LAST_ANSWER
                occasion = Occasion(
                    begun_at=begun_at,
                    ended_at=begun_at
                    + (until - begun_at) * random.uniform(0.3, latest),
                    progress=progress.get(code, 1),
                    growth=growth,
                    plans_from=timezone.localdate(until),
                )
                self._advance(reflections[code], stages[code], occasion, random)
            self.say(f"{cycle.code}: {board.short_name}")

    def _chosen(self, reflections, fixed):
        """The clusters that may have answers, in their order."""
        if self.limit is None:
            return list(reflections)
        seen = Counter()
        chosen = []
        for code, reflection in reflections.items():
            board = reflection.cluster.health_board_id
            seen[board] += 1
            if seen[board] <= self.limit or code in fixed:
                chosen.append(code)
        return chosen

    def _advance(self, reflection, stage, occasion, random):
        """Let the cluster and its board do what ``stage`` says was done."""
        if stage == Stage.NOT_STARTED:
            return
        words = Words(self.texts, random)
        writing = self._write(reflection, occasion, words, random)
        evidence.add_some(
            reflection, by=self.people.lead(reflection.cluster), at=occasion.ended_at
        )
        if stage == Stage.DRAFT:
            return
        lead = self.people.lead(reflection.cluster)
        officer = self.people.officer(reflection.cluster)
        submission = services.submit(
            reflection=reflection, by=lead, incomplete_confirmed=True
        )
        if stage == Stage.WITHDRAWN:
            services.withdraw(reflection=reflection, by=lead)
        if stage in {Stage.RETURNED, Stage.SUBMITTED_AGAIN}:
            services.return_reflection(
                reflection=reflection,
                by=officer,
                reason=words.say(officer.language, "return_reason"),
                language=officer.language,
            )
        if stage == Stage.SUBMITTED_AGAIN:
            self._change(reflection, writing, words, lead)
            services.submit(reflection=reflection, by=lead, incomplete_confirmed=True)
        if stage in {Stage.IN_REVIEW, Stage.AGREED}:
            services.begin_review(reflection=reflection, by=officer)
        if stage == Stage.AGREED:
            services.record_agreement(
                reflection=reflection,
                by=officer,
                levels=_agreed_levels(submission, words, officer.language, random),
            )

    def _write(self, reflection, occasion, words, random):
        cluster = reflection.cluster
        lead = self.people.lead(cluster)
        # Where a contributor has an account, each of the two writes in their own language.
        writers = [
            writer for writer in (lead, self.people.contributor(cluster)) if writer
        ]
        by_language = {"cy": lead, "en": lead} | {
            writer.language: writer for writer in reversed(writers)
        }
        languages = tuple(
            account.language for account in ACCOUNTS if account.cluster == cluster.code
        )
        writing = Writing(
            edition=self.edition,
            reflection=reflection,
            habits=Habits.of(cluster.code, languages),
            occasion=occasion,
            words=words,
            people=by_language,
            random=random,
            tags=self.tags,
        )
        writing.write()
        # What saving the first answer does.
        change_state(
            locked(reflection, by=lead),
            SelfReflection.State.DRAFT,
            StateChange.Kind.STARTED,
            by=lead,
        )
        Answer.objects.bulk_create(writing.answers)
        AnswerVersion.objects.bulk_create(writing.versions)
        return writing

    def _change(self, reflection, writing, words, lead):
        """What a cluster does after a return: more is said of what is not met yet."""
        answers = [
            answer
            for answer in writing.answers
            if answer.choice == CriterionChoice.NOT_YET_MET and not answer.text
        ]
        entries = [
            services.Entry(
                subject=Subject.of(answer),
                base_version=1,
                choice=CriterionChoice.PARTLY_MET,
                text=words.say(lead.language, "criterion_comment", "partly"),
            )
            for answer in answers[:CHANGED_AFTER_RETURN]
        ]
        services.save_answers(
            reflection=reflection,
            entries=entries,
            language=lead.language,
            operation_id=uuid.uuid4(),
            by=lead,
        )


def _agreed_levels(submission, words, language, random):
    """The cluster's own levels, of which a few were agreed otherwise, with the reason."""
    levels = {}
    for row in submission.submitted_outcomes.exclude(own_level=None).order_by(
        "outcome"
    ):
        level, reason = row.own_level, ""
        if random.random() < AGREED_OTHERWISE:
            level += -1 if level == maturity.LEVELS[-1] else random.choice([-1, 1])
            level = max(level, maturity.BELOW_LEVEL_1)
        if level != row.own_level:
            kind = "higher" if level > row.own_level else "lower"
            reason = words.say(language, "level_reason", kind)
        levels[row.outcome_id] = (level, reason, language)
    return levels
