"""How good the suggested groups for peer review are, how soon, and how good they could be.

The clusters are synthetic: made from a seed, no real cluster's figures. Rules and sizes are
counted by a checker of its own, which uses nothing of the solver's.
"""

import json
import random
import resource
import time
from collections import Counter
from itertools import combinations
from statistics import mean

from peerreview.grouping import Candidate, Settings, evaluate
from peerreview.grouping.sizes import preferred_sizes
from peerreview.grouping.solving import suggest

COUNTS = {60: 7, 600: 40}  # clusters, and their boards
OUTCOMES = 20
SEED = 2026
RANDOM_ASSIGNMENTS = 10
# What clusters say of the languages they meet in: nothing, as a rule.
LANGUAGES = [(), ("en",), ("cy", "en"), ("cy",)]
LANGUAGE_WEIGHTS = [40, 25, 25, 10]


def measure(*, say):
    measured = {"synthetic": True, "seed": SEED}
    settings = Settings(size=4, boards="mixed", seed=SEED)
    for count, boards in COUNTS.items():
        candidates = synthetic(count, boards, SEED)
        began, cpu = time.monotonic(), time.process_time()
        proposal = suggest(candidates, settings)
        took = time.monotonic() - began, time.process_time() - cpu
        say(f"{count} clusters: {took[0]:.1f} s")
        broken = violations(proposal.groups, candidates, settings)
        measured[str(count)] = {
            "seconds": round(took[0], 2),
            "cpu_seconds": round(took[1], 2),
            "violations": len(broken),
            "objective": round(proposal.objective, 2),
            "random": round(of_random_groups(candidates, settings), 2),
            "bound": round(proposal.bound, 2),
            "gap": round(proposal.gap, 5),
            "cut_short": proposal.cut_short,
            # Of the whole process so far, the interpreter and the solver included.
            "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            // 1024,
        }
    return measured


def synthetic(count, boards, seed):
    """Invented clusters: 20 outcomes; some of their people are in two."""
    dice = random.Random(f"{count} {seed}")  # noqa: S311 (nothing here is secret)
    keys = [f"synthetic-{number:03}" for number in range(count)]
    partners = {}
    shuffled = dice.sample(keys, count)
    for start in range(0, count, 4):
        group = frozenset(shuffled[start : start + 4])
        partners |= {key: group - {key} for key in group}
    return [
        _synthetic_candidate(
            key,
            board=f"board-{dice.randrange(boards)}",
            also_elsewhere=f"person-{dice.randrange(3 * count)}",
            met_before=partners[key],
            dice=dice,
        )
        for key in keys
    ]


def _synthetic_candidate(key, *, board, also_elsewhere, met_before, dice):
    usual = dice.choice([0, 1, 1, 2])
    levels = tuple(
        None
        if dice.random() < 0.05
        else max(0, min(3, usual + dice.choice([-1, 0, 0, 1])))
        for _ in range(OUTCOMES)
    )
    return Candidate(
        key=key,
        board=board,
        levels=levels,
        wants=frozenset(
            outcome
            for outcome, level in enumerate(levels)
            if level != 3 and dice.random() < 0.3
        ),
        population=None
        if dice.random() < 0.1
        else int(dice.triangular(25_000, 100_000, 50_000)),
        rurality=dice.choice(["", "rural", "rural", "mixed", "urban", "urban"]),
        languages=frozenset(*dice.choices(LANGUAGES, LANGUAGE_WEIGHTS)),
        people=frozenset({f"person-of-{key}", also_elsewhere}),
        met_before=met_before,
    )


def of_random_groups(candidates, settings):
    """What clusters put in groups of the right sizes by lot are worth, on average."""
    worth = []
    for seed in range(RANDOM_ASSIGNMENTS):
        dice = random.Random(seed)  # noqa: S311
        keys = dice.sample([candidate.key for candidate in candidates], len(candidates))
        groups = []
        for size in preferred_sizes(len(keys), settings.size):
            groups.append(keys[:size])
            keys = keys[size:]
        worth.append(evaluate(groups, candidates, settings).objective)
    return mean(worth)


def violations(groups, candidates, settings):
    """The rules that ``groups`` break, as sentences; written without the solver's own code."""
    by_key = {candidate.key: candidate for candidate in candidates}
    broken = []
    times = Counter(key for group in groups for key in group)
    broken += [f"{key} is in {times[key]} groups" for key in by_key if times[key] != 1]
    broken += [f"{key} does not exist" for key in times if key not in by_key]
    for group in groups:
        members = [by_key[key] for key in group]
        if len(members) not in (3, 4, 5):
            broken.append(f"{group} has {len(members)} clusters")
        if settings.boards == "within" and len({each.board for each in members}) != 1:
            broken.append(f"{group} is of several boards")
        for one, other in combinations(members, 2):
            if any(person in other.people for person in one.people):
                broken.append(f"{one.key} and {other.key} share a person")
            meets = [
                language
                for language in ("cy", "en")
                if (not one.languages or language in one.languages)
                and (not other.languages or language in other.languages)
            ]
            if not meets:
                broken.append(f"{one.key} and {other.key} have no common language")
    return broken


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = [
        f"{'clusters':>8} {'s':>6} {'broken':>6} {'worth':>9} {'bound':>9} {'gap':>6}"
    ]
    for count in map(str, COUNTS):
        row = measured[count]
        lines.append(
            f"{count:>8} {row['seconds']:6.1f} {row['violations']:6} {row['objective']:9.1f} "
            f"{row['bound']:9.1f} {row['gap']:6.2%} (by lot: {row['random']:.1f})"
        )
    return "\n".join(["Synthetic clusters.", *lines])
