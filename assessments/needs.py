"""The barriers and support needs that clusters choose beside their words: which, and their names."""

from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.functional import SimpleLazyObject

from assessments.models import NEED_QUESTIONS, AnswerVersion, NeedTag, Question
from assessments.subjects import SEPARATOR

KINDS = {
    Question.IN_THE_WAY: NeedTag.Kind.BARRIER,
    Question.SUPPORT_NEEDED: NeedTag.Kind.SUPPORT,
    Question.SUPPORT_OVERALL: NeedTag.Kind.SUPPORT,
}


def load_tags():
    """All of them in their order, also those that can no longer be chosen.

    One query, once somebody looks: most of a self-reflection's pages never do.
    """
    return SimpleLazyObject(lambda: list(NeedTag.objects.in_order()))


def of_question(question, tags):
    """Those of ``tags`` that ``question`` is answered with."""
    kind = KINDS.get(question)
    return [tag for tag in tags if tag.kind == kind]


def frozen(question, choice, tags):
    """What a stored choice means today, in both languages, for a reader of any day."""
    codes = set(choice.split(SEPARATOR))
    return [
        {"code": tag.code, "name": {"cy": tag.name_cy, "en": tag.name_en}}
        for tag in of_question(question, tags)
        if tag.code in codes
    ]


def joined(codes):
    """Several codes as they are stored: each once, in an order that no change of the list changes."""
    return SEPARATOR.join(sorted(set(codes)))


def still_offered(choice, tags):
    """What of a stored ``choice`` can be chosen today."""
    offered = {tag.code for tag in tags if tag.is_offered}
    return joined(set(choice.split(SEPARATOR)) & offered)


def is_unknown(entries):
    """Whether one of ``entries`` has a choice that its question is not answered with.

    One query, and none where nothing is chosen.
    """
    choices = [
        (KINDS[entry.subject.question], entry.choice)
        for entry in entries
        if entry.subject.question in NEED_QUESTIONS and entry.choice
    ]
    if not choices:
        return False
    if any(joined(choice.split(SEPARATOR)) != choice for _kind, choice in choices):
        return True
    chosen = {(kind, code) for kind, choice in choices for code in choice.split()}
    known = NeedTag.objects.filter(code__in={code for _kind, code in chosen})
    return bool(chosen - set(known.values_list("kind", "code")))


def is_in_use(tag):
    """Whether some cluster has ever chosen ``tag``, in a draft or in what it submitted."""
    chosen = Concat(Value(SEPARATOR), "choice", Value(SEPARATOR))
    return (
        tag.submitted_needs.exists()
        or AnswerVersion.objects.filter(answer__question__in=NEED_QUESTIONS)
        .annotate(codes=chosen)
        .filter(codes__contains=f"{SEPARATOR}{tag.code}{SEPARATOR}")
        .exists()
    )
