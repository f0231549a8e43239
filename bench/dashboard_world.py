"""Many clusters over four cycles, as the dashboard reads them: what is stored of submissions, and figures."""

import datetime
import itertools
import random
from collections import defaultdict

from django.utils import timezone

from assessments.models import (
    Cycle,
    IndicatorValue,
    SelfReflection,
    Standing,
    Submission,
    SubmittedNeed,
    SubmittedOutcome,
)
from assessments.models.tags import NeedTag
from assessments.periods import recent
from assessments.standing import (
    FACTORS,
    NO_LEVELS,
    NOT_ANSWERED,
    SIGNS,
    agreed_levels_of,
)
from cdf_site.common.welsh import english_key, welsh_key
from frameworks.models import Edition, Indicator
from organisations.models import Cluster, Population
from reporting.tallies import layout_of

CYCLES = 4
PERIODS = 4  # of each indicator
SUBMIT = 0.95  # of the clusters, in each cycle
AGREE = 0.6  # of those that submit
BATCH = 2_000


def open_cycles():
    """A cycle for this year, which is open, and for each of the three years before."""
    edition = Edition.objects.get()
    now = timezone.now()
    for back in range(CYCLES):
        opens_at = now - datetime.timedelta(days=365 * back + 30)
        closes_at = opens_at + datetime.timedelta(days=90)
        Cycle.objects.create(
            code=f"{opens_at.year}",
            name_cy=f"Cylch {opens_at.year}",
            name_en=f"Cycle {opens_at.year}",
            edition=edition,
            opens_at=opens_at,
            closes_at=closes_at,
            opened_at=opens_at,
            closed_at=closes_at if back else None,
        )


def fill(count, *, by, content="{}"):
    """Add clusters up to ``count``, and store where each stands in every cycle, and its figures."""
    chance = random.Random(count)  # noqa: S311 (the same each time)
    clusters = add_clusters(count)
    cycles = list(Cycle.objects.order_by("opens_at"))
    SelfReflection.objects.bulk_create(
        (
            SelfReflection(
                cycle=cycle,
                cluster=cluster,
                state="submitted" if cycle.closed_at is None else "closed",
            )
            for cycle in cycles
            for cluster in clusters
        ),
        batch_size=BATCH,
    )
    layout = layout_of(Edition.objects.get())
    tags = list(NeedTag.objects.all())
    for cycle in cycles:
        reflections = SelfReflection.objects.filter(cycle=cycle).order_by("pk")
        store(cycle, list(reflections), layout, tags, chance, by, content)
    add_figures(clusters, chance, by)


def add_clusters(count):
    real = list(Cluster.objects.order_by("pk"))
    first = len(real) + 1
    Cluster.objects.bulk_create(
        (
            Cluster(
                code=f"bench-{number}",
                name_cy=f"Clwstwr {number}",
                name_en=f"Cluster {number}",
                sort_cy=welsh_key(f"Clwstwr {number}"),
                sort_en=english_key(f"Cluster {number}"),
                health_board_id=like.health_board_id,
                local_authority_id=like.local_authority_id,
            )
            for number, like in zip(
                range(first, count + 1), itertools.cycle(real), strict=False
            )
        ),
        batch_size=BATCH,
    )
    return list(Cluster.objects.order_by("pk"))


def store(cycle, reflections, layout, tags, chance, by, content):
    """What a submission leaves behind it, for most of ``reflections``."""
    sending = [each for each in reflections if chance.random() < SUBMIT]
    Submission.objects.bulk_create(
        (
            Submission(
                reflection=reflection,
                number=1,
                content=content,
                content_hash="",
                submitted_at=cycle.opens_at + datetime.timedelta(days=20),
                submitted_by=by,
            )
            for reflection in sending
        ),
        batch_size=BATCH,
    )
    submissions = list(
        Submission.objects.filter(reflection__cycle=cycle).order_by("pk")
    )
    standings = [standing_of(submission, layout, chance) for submission in submissions]
    Standing.objects.bulk_create(standings, batch_size=BATCH)
    SubmittedOutcome.objects.bulk_create(
        (
            outcome
            for standing in standings
            for outcome in outcomes_of(standing, layout, chance)
        ),
        batch_size=BATCH,
    )
    SubmittedNeed.objects.bulk_create(
        (
            SubmittedNeed(submission=submission, question="in_the_way", tag=tag)
            for submission in submissions
            for tag in chance.sample(tags, min(3, len(tags)))
        ),
        batch_size=BATCH,
    )


def standing_of(submission, layout, chance):
    own = "".join(
        chance.choice("0112223" + NOT_ANSWERED)
        if outcome.module.uses_levels
        else NO_LEVELS
        for outcome in layout.outcomes
    )
    agreed = (
        {
            place: min(3, int(level) + chance.choice((0, 0, 1)))
            for place, level in enumerate(own)
            if level.isdigit()
        }
        if chance.random() < AGREE
        else {}
    )
    return Standing(
        reflection_id=submission.reflection_id,
        submission=submission,
        own_levels=own,
        agreed_levels=agreed_levels_of(own, agreed),
        signs="".join(
            chance.choice([*SIGNS.values(), NOT_ANSWERED])
            for _criterion in layout.sign_criteria
        ),
        factors="".join(
            chance.choice([*FACTORS.values(), NOT_ANSWERED])
            for _factor in layout.factors
        ),
    )


def outcomes_of(standing, layout, chance):
    signs = defaultdict(list)
    for criterion, sign in zip(layout.sign_criteria, standing.signs, strict=True):
        signs[criterion.outcome_id].append(sign)
    for outcome, level in zip(layout.outcomes, standing.own_levels, strict=True):
        here = signs[outcome.pk]
        answered = len(here) - here.count(NOT_ANSWERED)
        applicable = {
            f"applicable_{each}": 3 if outcome.module.uses_levels else 0
            for each in (1, 2, 3)
        }
        met = {
            f"met_{each}": chance.randint(0, 3) if outcome.module.uses_levels else 0
            for each in (1, 2, 3)
        }
        yield SubmittedOutcome(
            submission_id=standing.submission_id,
            outcome=outcome,
            uses_levels=outcome.module.uses_levels,
            own_level=int(level) if level.isdigit() else None,
            is_provisional=False,
            answered=answered or 9,
            total=len(here) or 9,
            strong_signs=here.count("s"),
            some_signs=here.count("m"),
            no_signs_yet=here.count("n"),
            **applicable,
            **met,
        )


def add_figures(clusters, chance, by):
    """The last periods of every indicator, with some gaps, and the people that rates need."""
    this_year = timezone.localdate().year
    years = range(this_year - PERIODS, this_year + 1)
    Population.objects.bulk_create(
        (
            Population(cluster=cluster, year=year, people=chance.randint(25, 90) * 1000)
            for cluster in clusters
            for year in years
        ),
        batch_size=BATCH,
    )
    people = {(each.cluster_id, each.year): each for each in Population.objects.all()}
    IndicatorValue.objects.bulk_create(
        (
            figure(indicator, cluster, period, people, chance, by)
            for indicator in Indicator.objects.all()
            for period in recent(indicator.period, PERIODS, today=timezone.localdate())
            for cluster in clusters
            if chance.random() < SUBMIT
        ),
        batch_size=BATCH,
    )


def figure(indicator, cluster, period, people, chance, by):
    population, of = None, None
    if indicator.unit == Indicator.Unit.PER_1000:
        population = people[cluster.pk, period.starts_on.year]
        of = population.people
    elif indicator.unit == Indicator.Unit.PERCENTAGE:
        of = 1_000
    return IndicatorValue(
        indicator=indicator,
        cluster=cluster,
        period_start=period.starts_on,
        numerator=chance.randint(100, 900),
        denominator=of,
        population=population,
        entered_by=by,
    )
