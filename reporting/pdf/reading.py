"""The content of a self-reflection (``assessments.snapshot``), in the words of one language's document.

Reads nothing but that content and the levels agreed afterwards: what a framework or a cluster is
called today does not matter.
Call it with the document's language activated.
"""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.models import (
    OUTCOME_TEXT_QUESTIONS,
    CriterionChoice,
    FactorChoice,
    Question,
    SignsChoice,
)
from assessments.snapshot import FORMATS
from assessments.subjects import SEPARATOR, question_choices
from cdf_site.common import long_text
from reporting.pdf.shapes import (
    Agreed,
    Answer,
    Criterion,
    CriterionGroup,
    EnablingFactor,
    Evidence,
    Level,
    Module,
    Outcome,
    Report,
    readable,
)

# The shape beside an answer's words, so that it is seen in black and white; see summary.css.
SHAPES = {
    CriterionChoice.MET: "full",
    CriterionChoice.PARTLY_MET: "half",
    CriterionChoice.NOT_YET_MET: "empty",
    CriterionChoice.NOT_APPLICABLE: "dash",
    SignsChoice.STRONG: "full",
    SignsChoice.SOME: "half",
    SignsChoice.NONE_YET: "empty",
    FactorChoice.HELPS: "up",
    FactorChoice.HINDERS: "down",
    FactorChoice.BOTH: "both",
    FactorChoice.NEITHER: "dash",
}


def read_reflection(content, *, number, moment, language, agreed):
    """``content``, which is ``readable``, as the report in ``language`` says it.

    ``number`` is that of the submission, None for a draft; ``agreed`` holds the agreed levels by
    module code and outcome number.
    """
    if content["format"] not in FORMATS:
        raise ValueError(f"Format {content['format']} of a submission is not known.")
    return _Reader(language, agreed).report(content, number, timezone.localtime(moment))


class _Reader:
    """Reads texts in one language, and knows which answers are in the other."""

    def __init__(self, language, agreed):
        self.language = language
        self.agreed_levels = agreed

    def report(self, content, number, moment):
        cluster = content["cluster"]
        return Report(
            language=self.language,
            cluster=self.words(cluster["name"]),
            health_board=self.words(cluster["health_board"]),
            local_authority=self.words(cluster["local_authority"]),
            cycle=self.words(content["cycle"]["name"]),
            edition=self.words(content["edition"]["title"]),
            unofficial_language=content["edition"]["unofficial_language"],
            number=number,
            moment=moment,
            answered=content["answered"],
            total=content["total"],
            context=self.questions(content["context"]),
            modules=[
                self.module(place, module)
                for place, module in enumerate(content["modules"], start=1)
            ],
            enabling_factors=[
                EnablingFactor(
                    title=self.words(factor["title"]),
                    blocks=self.blocks(factor["text"]),
                    answer=self.answer(factor["answer"], FactorChoice.choices),
                )
                for factor in content["enabling_factors"]
            ],
            closing=self.questions(content["closing"]),
        )

    def words(self, text):
        return text[self.language]

    def blocks(self, text):
        return long_text.parse(self.words(text))

    def answer(self, stored, choices=(), question=None):
        labels = {code: str(words) for code, words in choices}
        codes = stored["choice"].split(SEPARATOR) if stored["choice"] else []
        # Barriers and support needs bring the names they had when they were chosen.
        tags = {tag["code"]: self.words(tag["name"]) for tag in stored.get("tags", ())}
        return Answer(
            label=str(question.label) if question else "",
            chosen=tuple(tags.values() or (labels.get(code, code) for code in codes)),
            shape=SHAPES.get(stored["choice"], "none"),
            dated_on=self.day(stored["dated_on"]),
            day=stored["dated_on"] or "",
            text=stored["text"].strip(),
            language=stored["language"],
            is_foreign=stored["language"] not in {"", self.language},
            question=question.value if question else "",
        )

    def day(self, stored):
        return date_format(date.fromisoformat(stored), "j F Y") if stored else ""

    def questions(self, stored):
        """The answers to ``stored`` questions, in the order of the form."""
        return [
            self.answer(stored[question], question_choices(question), question)
            for question in Question
            if question in stored
        ]

    def level(self, stored):
        """A level from a stored number or choice; None where there is none."""
        return None if stored in {None, ""} else Level(int(stored))

    def agreed(self, module, outcome):
        """The level agreed for an outcome afterwards; None where there is none."""
        row = self.agreed_levels.get((module["code"], outcome["number"]))
        if row is None:
            return None
        text = readable(row.reason).strip()
        return Agreed(
            level=Level(row.level),
            reason=Answer(
                text=text,
                language=row.language,
                is_foreign=row.language not in {"", self.language},
            ),
            recorded_on=date_format(timezone.localtime(row.agreed_at), "j F Y"),
        )

    def module(self, place, module):
        if module["uses_levels"]:
            outcomes = [
                self.levelled_outcome(outcome, self.agreed(module, outcome))
                for outcome in module["outcomes"]
            ]
        else:
            outcomes = [self.unlevelled_outcome(each) for each in module["outcomes"]]
        return Module(
            place=place,
            code=module["code"],
            title=self.words(module["title"]),
            abbreviation=self.words(module["abbreviation"]),
            criteria_heading=self.words(module["criteria_heading"]),
            uses_levels=module["uses_levels"],
            outcomes=outcomes,
        )

    def levelled_outcome(self, outcome, agreed):
        suggestion, questions = outcome["suggestion"], outcome["questions"]
        counts = suggestion["counts"]
        applicable = sum(count["applicable"] for count in counts)
        return Outcome(
            **self.any_outcome(outcome),
            groups=[
                CriterionGroup(
                    level=Level(count["level"]),
                    criteria=[
                        self.criterion(criterion, CriterionChoice.choices)
                        for criterion in outcome["criteria"]
                        if criterion["level"] == count["level"]
                    ],
                    met=count["met"],
                    applicable=count["applicable"],
                )
                for count in counts
            ],
            own_level=self.level(outcome["own_level"]),
            suggested_level=self.level(suggestion["level"]),
            target_level=self.level(questions[Question.TARGET_LEVEL]["choice"]),
            agreed=agreed,
            is_provisional=suggestion["is_provisional"],
            reason=self.answer(questions[Question.OWN_LEVEL]),
            met=sum(count["met"] for count in counts),
            applicable=applicable,
            inapplicable=sum(count["total"] for count in counts) - applicable,
        )

    def unlevelled_outcome(self, outcome):
        chosen = [criterion["answer"]["choice"] for criterion in outcome["criteria"]]
        return Outcome(
            **self.any_outcome(outcome),
            groups=[
                CriterionGroup(
                    level=None,
                    criteria=[
                        self.criterion(criterion, SignsChoice.choices)
                        for criterion in outcome["criteria"]
                    ],
                )
            ],
            signs=tuple(chosen.count(choice) for choice in SignsChoice.values),
        )

    def any_outcome(self, outcome):
        texts = {
            question: outcome["questions"][question]
            for question in OUTCOME_TEXT_QUESTIONS
        }
        return {
            "number": outcome["number"],
            "title": self.words(outcome["title"]),
            "answers": self.questions(texts),
            "evidence": [self.evidence(each) for each in outcome.get("evidence", [])],
            "is_unofficial": self.language in outcome.get("unofficial", []),
            "unanswered": sum(
                not criterion["answer"]["choice"] for criterion in outcome["criteria"]
            ),
        }

    def evidence(self, stored):
        supports = [
            _("Level %(level)s, criterion %(number)s") % criterion
            if criterion["level"]
            else _("Criterion %(number)s") % criterion
            for criterion in stored["criteria"]
        ]
        return Evidence(
            title=stored["title"],
            language=stored["language"],
            is_foreign=stored["language"] != self.language,
            where=stored["url"] or stored["file_name"],
            supports="; ".join(supports or [_("The outcome as a whole")]),
        )

    def criterion(self, criterion, choices):
        return Criterion(
            blocks=self.blocks(criterion["text"]),
            answer=self.answer(criterion["answer"], choices),
        )
