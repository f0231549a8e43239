"""A self-reflection as plain data: what a submission freezes, and what every reader is shown.

Texts of the framework are kept in both languages; what people wrote, in theirs. The format has a
number, so that a submission of today can still be read when the format has changed.
"""

import hashlib
import json

from assessments import needs
from assessments.models import (
    CLOSING_QUESTIONS,
    CONTEXT_QUESTIONS,
    NEED_QUESTIONS,
    OUTCOME_QUESTIONS,
    OUTCOME_TEXT_QUESTIONS,
)
from assessments.subjects import SEPARATOR, Subject
from frameworks.unofficial import unofficial_languages

FORMAT = 3
# 1 had no evidence, and 1 and 2 no chosen barriers and support needs. What is read is written
# nowhere else: a reader takes every format.
FORMATS = {1, 2, 3}


def _both(thing, name):
    """A translated field of ``thing`` in both languages, as plain strings."""
    return {
        language: getattr(thing, f"{name}_{language}") or ""
        for language in ("cy", "en")
    }


def _answer(answer):
    return {
        "choice": answer.choice,
        "text": answer.text,
        "dated_on": answer.dated_on.isoformat() if answer.dated_on else None,
        "language": answer.language,
    }


def _question(question, answer, tags):
    """The answer to a question, with the names of the tags that were chosen."""
    if question not in NEED_QUESTIONS:
        return _answer(answer)
    return _answer(answer) | {"tags": needs.frozen(question, answer.choice, tags)}


def _evidence(support):
    piece = support.evidence
    return {
        "id": piece.pk,
        "title": piece.title,
        "language": piece.language,
        "url": piece.url,
        "file_name": piece.file_name,
        "size": piece.size,
        "sha256": piece.file_hash,
        "criteria": [
            {"level": criterion.level, "number": criterion.number}
            for criterion in support.criteria
        ],
    }


def _outcome(sheet, supports, official):
    questions = (
        OUTCOME_QUESTIONS if sheet.module.uses_levels else OUTCOME_TEXT_QUESTIONS
    )
    suggestion = sheet.suggestion
    unofficial = [
        language
        for language in unofficial_languages([sheet.outcome, sheet.criteria])
        if language in official
    ]
    return {
        "number": sheet.outcome.number,
        "title": _both(sheet.outcome, "title"),
        "narrative": _both(sheet.outcome, "narrative"),
        "note": _both(sheet.outcome, "note"),
        "criteria": [
            {
                "level": criterion.level,
                "number": criterion.number,
                "text": _both(criterion, "text"),
                "answer": _answer(sheet.answer_to(criterion)),
            }
            for criterion in sheet.criteria
        ],
        "questions": {
            question.value: _question(question, sheet.answer_on(question), sheet.tags)
            for question in questions
        },
        "own_level": sheet.own_level if suggestion else None,
        "suggestion": suggestion
        and {
            "level": suggestion.level,
            "is_provisional": suggestion.provisional,
            "counts": [
                {
                    "level": count.level,
                    "met": count.met,
                    "applicable": count.applicable,
                    "answered": count.answered,
                    "total": count.total,
                }
                for count in suggestion.counts
            ],
        },
        "evidence": [_evidence(support) for support in supports],
        # Only where the edition as a whole is official in that language.
        **({"unofficial": unofficial} if unofficial else {}),
        "answered": sheet.answered,
        "total": sheet.total,
    }


def build(sheet, evidence=None):
    """The whole of ``sheet`` as plain data, without what a submission adds to it.

    ``evidence`` holds what supports each outcome, by its primary key
    (``assessments.evidence.load_by_outcome``).
    """
    evidence = evidence or {}
    reflection, edition = sheet.reflection, sheet.edition
    cluster, cycle = reflection.cluster, reflection.cycle

    official = {"cy", "en"} - {edition.unofficial_language}

    def questions(part, names):
        return {
            name.value: _question(name, part.answer(Subject(question=name)), part.tags)
            for name in names
        }

    return {
        "format": FORMAT,
        "edition": {
            "code": edition.code,
            "title": _both(edition, "title"),
            "unofficial_language": edition.unofficial_language,
        },
        "cycle": {"code": cycle.code, "name": _both(cycle, "name")},
        "cluster": {
            "code": cluster.code,
            "name": _both(cluster, "name"),
            "health_board": _both(cluster.health_board, "name"),
            "local_authority": _both(cluster.local_authority, "name"),
        },
        "context": questions(sheet.context, CONTEXT_QUESTIONS),
        "modules": [
            {
                "code": module.module.code,
                "number": module.module.number,
                "uses_levels": module.module.uses_levels,
                "title": _both(module.module, "title"),
                "abbreviation": _both(module.module, "abbreviation"),
                "criteria_heading": _both(module.module, "criteria_heading"),
                "outcomes": [
                    _outcome(outcome, evidence.get(outcome.outcome.pk, []), official)
                    for outcome in module.outcomes
                ],
            }
            for module in sheet.modules
        ],
        "enabling_factors": [
            {
                "number": factor.number,
                "title": _both(factor, "title"),
                "text": _both(factor, "text"),
                "answer": _answer(
                    sheet.enablers.answer(Subject(enabling_factor_id=factor.pk))
                ),
            }
            for factor in sheet.enabling_factors
        ],
        "closing": questions(sheet.closing, CLOSING_QUESTIONS),
        "answered": sheet.answered,
        "total": sheet.total,
    }


def canonical(content):
    """``content`` as JSON text that is the same for the same content, on every machine."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def participants(answer):
    """The codes of a stored choice of several."""
    return answer["choice"].split(SEPARATOR) if answer["choice"] else []
