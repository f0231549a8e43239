"""The answers of an invented cluster: plausible, varied, and the same at every loading."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.utils import timezone

from assessments import maturity
from assessments.models import (
    OUTCOME_TEXT_QUESTIONS,
    Answer,
    AnswerVersion,
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SignsChoice,
)
from assessments.needs import joined, of_question
from assessments.subjects import SEPARATOR
from cdf_site.demonstration.hours import in_the_daytime
from cdf_site.demonstration.words import due_on

Q = Question
# Weights of the choices to a criterion of the level that a cluster is working on, and of
# the levels above; levels that it has attained are met.
WORKING_ON = {
    CriterionChoice.MET: 45,
    CriterionChoice.PARTLY_MET: 33,
    CriterionChoice.NOT_YET_MET: 22,
}
ABOVE = {
    CriterionChoice.MET: 8,
    CriterionChoice.PARTLY_MET: 25,
    CriterionChoice.NOT_YET_MET: 67,
}
NOT_APPLICABLE = 0.025  # of the criteria
FACTORS = {
    FactorChoice.HELPS: 40,
    FactorChoice.HINDERS: 25,
    FactorChoice.BOTH: 28,
    FactorChoice.NEITHER: 7,
}
POOLS = {
    CriterionChoice.MET: ("criterion_comment", "met"),
    CriterionChoice.PARTLY_MET: ("criterion_comment", "partly"),
    CriterionChoice.NOT_YET_MET: ("criterion_comment", "not_yet"),
    CriterionChoice.NOT_APPLICABLE: ("criterion_comment", "not_applicable"),
    SignsChoice.STRONG: ("criterion_sign_comment", "strong"),
    SignsChoice.SOME: ("criterion_sign_comment", "some"),
    SignsChoice.NONE_YET: ("criterion_sign_comment", "none"),
}


def generator(*seed):
    """A source of chance that gives the same for the same ``seed``, on every machine."""
    return Random(" ".join(map(str, seed)))  # noqa: S311 (nothing here is secret)


@dataclass(frozen=True)
class Habits:
    """What a cluster is like: how mature, and how it writes."""

    maturity: float  # the level that its outcomes have attained on average
    languages: tuple[str, ...]
    wordiness: float  # how many of the questions it answers in words
    comments: float  # how many of the criteria it comments on
    skipped: float  # how many of the criteria it leaves unanswered

    @classmethod
    def of(cls, code, languages=()):
        """The habits of the cluster with this code, whose ``languages`` may be known."""
        random = generator("habits", code)
        drawn = random.choices([("cy",), ("en",), ("cy", "en")], [35, 47, 18])[0]
        return cls(
            maturity=random.uniform(0.9, 2.5),
            languages=languages or drawn,
            wordiness=random.uniform(0.55, 0.97),
            comments=random.uniform(0.1, 0.4),
            skipped=random.choices([0, random.uniform(0.01, 0.06)], [6, 4])[0],
        )


@dataclass(frozen=True)
class Occasion:
    """Which self-reflection it is of the cluster's: when written, how far, how mature."""

    begun_at: datetime
    ended_at: datetime
    plans_from: date  # next steps are due after this day
    progress: float = 1  # the part of the required answers that is given, in page order
    growth: float = 0  # of the cluster's maturity, against the other cycle


class Enough(Exception):
    """As much of a draft is answered as shall be."""


class Writing:
    """Makes up the answers of one self-reflection, page by page, without saving them.

    ``people`` says who writes in each language; what has no words is by any of them.
    """

    def __init__(
        self, *, edition, reflection, habits, occasion, words, people, random, tags=()
    ):
        self.edition = edition
        self.reflection = reflection
        self.habits = habits
        self.occasion = occasion
        self.words = words
        self.people = people
        self.random = random
        self.tags = tags
        self.answers = []
        self.versions = []

    def write(self):
        """Make up everything up to the occasion's progress: ``answers`` and ``versions``."""
        outcomes = [
            (module, outcome)
            for module in self.edition.modules.all()
            for outcome in module.outcomes.all()
        ]
        factors = list(self.edition.enablingfactors.all())
        self.left = round(self.occasion.progress * required_count(outcomes, factors))
        pages = [
            self.context,
            *((lambda pair=pair: self.outcome(*pair)) for pair in outcomes),
            lambda: self.enablers(factors),
            self.closing,
        ]
        duration = self.occasion.ended_at - self.occasion.begun_at
        for position, page in enumerate(pages):
            part = (position + 1) / len(pages)
            self.at = in_the_daytime(self.occasion.begun_at + duration * part)
            self.operation_id = uuid.UUID(int=self.random.getrandbits(128), version=4)
            try:
                page()
            except Enough:
                break

    # One answer ---------------------------------------------------------------------

    def language(self):
        return self.random.choice(self.habits.languages)

    def add(self, *, choice="", text="", language="", dated_on=None, **subject):
        answer = Answer(
            reflection=self.reflection,
            choice=choice,
            text=text,
            dated_on=dated_on,
            language=language if text else "",
            version=1,
            **subject,
        )
        self.answers.append(answer)
        self.versions.append(
            AnswerVersion(
                answer=answer,
                version=1,
                base_version=0,
                choice=choice,
                text=text,
                dated_on=dated_on,
                language=answer.language,
                operation_id=self.operation_id,
                at=self.at,
                by=self.people[language or self.language()],
            )
        )

    def add_required(self, **content):
        """An answer that counts as progress."""
        if self.left <= 0:
            raise Enough
        self.left -= 1
        self.add(**content)

    def words_from(self, *path):
        """A text and its language, as ``add`` takes them."""
        language = self.language()
        return {"text": self.words.say(language, *path), "language": language}

    def happens(self, probability):
        return self.random.random() < probability

    def one_of(self, weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    # The pages ----------------------------------------------------------------------

    def context(self):
        # Where two people write, they have met.
        facilitated = len(set(self.people.values())) > 1 or self.happens(0.75)
        took_part = {
            code
            for code in Profession.values
            if self.happens(0.65 if facilitated else 0.15)
        } | {Profession.GENERAL_PRACTICE.value}
        self.add_required(
            question=Q.PARTICIPANTS,
            choice=SEPARATOR.join(
                code for code in Profession.values if code in took_part
            ),
        )
        method = MethodChoice.FACILITATED if facilitated else MethodChoice.LEAD_ALONE
        self.add_required(question=Q.METHOD, choice=method)
        held_on = timezone.localdate(self.occasion.begun_at)
        self.add_required(question=Q.HELD_ON, dated_on=held_on)
        texts = [self.words.draw("about_cluster")]
        if self.happens(0.5):
            texts.append(self.words.draw("participants_note"))
        language = self.language()
        self.add(
            question=Q.ABOUT_CLUSTER,
            text=self.words.mark(language, *texts),
            language=language,
        )

    def outcome(self, module, outcome):
        name = f"{module.code}-{outcome.number}"
        # The same in both cycles, so that a cluster is seen to have grown.
        strength = (
            self.habits.maturity
            + generator(self.reflection.cluster.code, name).gauss(0, 0.6)
            + self.occasion.growth
        )
        choices = []
        for criterion in outcome.criteria.all():
            skipped = self.happens(self.habits.skipped)
            if module.uses_levels:
                choice = "" if skipped else self.judge(criterion.level, int(strength))
            else:
                choice = "" if skipped else self.look_for_signs(strength)
            choices.append((criterion.level, choice))
            if choice:
                comments = choice == CriterionChoice.NOT_APPLICABLE or self.happens(
                    self.habits.comments
                )
                self.add_required(
                    criterion=criterion,
                    choice=choice,
                    **(self.words_from(*POOLS[choice]) if comments else {}),
                )
        if module.uses_levels:
            self.levels(outcome, maturity.suggest(choices).level)
        self.questions(outcome, name)

    def judge(self, level, attained):
        if self.happens(NOT_APPLICABLE):
            return CriterionChoice.NOT_APPLICABLE
        if level <= attained:
            return CriterionChoice.MET
        return self.one_of(WORKING_ON if level == attained + 1 else ABOVE)

    def look_for_signs(self, strength):
        return self.one_of(
            {
                SignsChoice.STRONG: max(strength - 0.5, 0.1),
                SignsChoice.SOME: 1.5,
                SignsChoice.NONE_YET: max(2 - strength, 0.1),
            }
        )

    def levels(self, outcome, suggested):
        if suggested is None:
            return
        own = suggested
        if self.happens(0.16):
            own = self.random.choice(
                [level for level in (suggested - 1, suggested + 1) if 0 <= level <= 3]
            )
        reason = {}
        if own != suggested:
            reason = self.words_from(
                "level_reason", "higher" if own > suggested else "lower"
            )
        self.add_required(
            outcome=outcome, question=Q.OWN_LEVEL, choice=str(own), **reason
        )
        if self.happens(0.8):
            target = min(3, max(1, own + self.random.choices([0, 1], [2, 8])[0]))
            self.add(outcome=outcome, question=Q.TARGET_LEVEL, choice=str(target))

    def questions(self, outcome, name):
        for question in OUTCOME_TEXT_QUESTIONS:
            if not self.happens(self.habits.wordiness):
                continue
            specific, general = ("outcomes", name, question), ("general", question)
            texts = [self.words.draw(*(specific if self.happens(0.8) else general))]
            dated_on = None
            if question == Q.NEXT_STEPS:
                if self.happens(0.85):
                    dated_on = due_on(
                        texts[0]["en"], self.occasion.plans_from, self.random
                    )
            elif self.happens(0.2):
                texts.append(self.words.draw(*general))
            language = self.language()
            self.add(
                outcome=outcome,
                question=question,
                choice=self.needs(question, name),
                text=self.words.mark(language, *texts),
                language=language,
                dated_on=dated_on,
            )

    def needs(self, question, name):
        """Some barriers or support needs: of the few that the cluster has in mind, if of any."""
        offered = of_question(question, self.tags)
        # Of its own, so that what else is drawn is the same with any list.
        code, growth = self.reflection.cluster.code, self.occasion.growth
        random = generator("needs", code, growth, name, question)
        if not offered or random.random() < 0.45:
            return ""
        weights = [1 / (place + 3) for place in range(len(offered))]
        in_mind = generator("needs", code, offered[0].kind).choices(
            offered, weights, k=5
        )
        return joined(tag.code for tag in random.sample(in_mind, random.choice([1, 2])))

    def enablers(self, factors):
        for factor in factors:
            choice = self.one_of(FACTORS)
            sides = {
                FactorChoice.HELPS: ["helps"],
                FactorChoice.HINDERS: ["hinders"],
                FactorChoice.BOTH: ["helps", "hinders"],
                FactorChoice.NEITHER: [],
            }[choice]
            texts = [
                self.words.draw("enabling_factors", str(factor.number), side)
                for side in sides
                if self.happens(0.9)
            ]
            language = self.language() if texts else ""
            self.add_required(
                enabling_factor=factor,
                choice=choice,
                text=self.words.mark(language, *texts) if texts else "",
                language=language,
            )

    def closing(self):
        if self.occasion.progress < 1:
            return
        self.add(
            question=Q.SUPPORT_OVERALL,
            choice=self.needs(Q.SUPPORT_OVERALL, ""),
            **self.words_from("support_overall"),
        )
        if self.happens(0.6):
            self.add(question=Q.ANYTHING_ELSE, **self.words_from("anything_else"))


def required_count(outcomes, factors):
    """How many answers a complete self-reflection needs."""
    return (
        3  # part 1
        + sum(len(outcome.criteria.all()) for _module, outcome in outcomes)
        + sum(module.uses_levels for module, _outcome in outcomes)
        + len(factors)
    )
