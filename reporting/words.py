"""What clusters wrote, as far as one may read it: found by its words, or behind a figure."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Substr
from django.utils.translation import get_language

from assessments.models import FactorChoice, Question, SubmittedText
from assessments.standing import FACTORS
from cdf_site.common.excerpts import excerpt
from frameworks.errata import read_over

MOST_TEXTS = 20  # to a page
FACTOR_CHOICES = {character: choice for choice, character in FACTORS.items()}


@dataclass(frozen=True)
class Found:
    """A text, what it is about, and the part of it that is shown.

    ``anchor`` is where the page of its submission has it.
    """

    row: SubmittedText
    pieces: list

    @property
    def reflection(self):
        return self.row.submission.reflection

    @property
    def outcome(self):
        """The outcome that it is about, itself or through a criterion; or None."""
        return self.row.outcome or (self.row.criterion and self.row.criterion.outcome)

    @property
    def question(self):
        return Question(self.row.question).label if self.row.question else ""

    @property
    def said(self):
        """What the cluster said of the enabling factor that it is about, where that is known."""
        choice = FACTOR_CHOICES.get(getattr(self.row, "said", ""))
        return choice and FactorChoice(choice).label

    @property
    def anchor(self):
        outcome = self.outcome
        return f"{outcome.module.code}-{outcome.number}" if outcome else ""


def name_order(prefix):
    """How clusters that ``prefix`` leads to are ordered in the alphabet of the page."""
    return [f"{prefix}sort_{'cy' if get_language() == 'cy' else 'en'}", f"{prefix}pk"]


def submitted_texts(page):
    """What was written in the newest submissions of ``page`` that its reader may read."""
    return (
        SubmittedText.objects.visible_to(page.user)
        .of_latest()
        .filter(
            page.scope.of_clusters("submission__reflection__cluster__"),
            submission__reflection__cycle=page.cycle,
        )
    )


def search(page, words, number, *, outcome=None):
    """A page of the texts that hold every one of the folded ``words``: two queries."""
    texts = submitted_texts(page)
    for word in words:
        texts = texts.filter(folded__contains=word)
    if outcome is not None:
        texts = texts.filter(Q(outcome=outcome) | Q(criterion__outcome=outcome))
    return _found(page, texts, number, lambda text: excerpt(text, words))


def texts_on_factors(page, factors, number, *, factor=None, said=""):
    """A page of what was written on the enabling factors: two queries.

    On ``factor`` alone where it is one of them; of those clusters alone who said of it what the
    character ``said`` stands for.
    """
    texts = submitted_texts(page).filter(enabling_factor__isnull=False)
    texts = texts.annotate(
        said=Case(
            *(
                When(
                    enabling_factor=each.pk,
                    then=Substr("submission__standing__factors", place, 1),
                )
                for place, each in enumerate(factors, start=1)
            ),
            default=Value(""),
            output_field=CharField(),
        )
    )
    if factor is not None:
        texts = texts.filter(enabling_factor=factor)
    if said:
        texts = texts.filter(said=said)
    return _found(page, texts, number, None)


def _found(page, texts, number, cut):
    texts = texts.select_related(
        "submission__reflection__cluster__health_board",
        "submission__reflection__cycle",
        "outcome__module",
        "criterion__outcome__module",
        "enabling_factor",
    ).order_by(
        *name_order("submission__reflection__cluster__"),
        "enabling_factor__number",
        "outcome__module__number",
        "outcome__number",
        "pk",
    )
    found = Paginator(texts, MOST_TEXTS).get_page(number)
    rows = list(found.object_list)
    about = []
    for row in rows:
        criterion = row.criterion
        about += [row.outcome, criterion, criterion and criterion.outcome]
        about.append(row.enabling_factor)
    read_over(page.cycle.edition, [thing for thing in about if thing])
    found.object_list = [Found(row, cut(row.text) if cut else []) for row in rows]
    return found
