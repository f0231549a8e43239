"""What can be answered: the choices, the questions, and the levels."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments import maturity
from frameworks.models import Level

LANGUAGES = [("cy", _("Welsh")), ("en", _("English"))]
LEVEL_CHOICES = [(maturity.BELOW_LEVEL_1, _("Below level 1")), *Level.choices]


def level_in_range(field, name):
    """The constraint that a stored level is none, 0 (below level 1), 1, 2 or 3."""
    return models.CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__lte": 3}), name=name
    )


class CriterionChoice(models.TextChoices):
    """To a criterion with a maturity level."""

    MET = maturity.MET, _("Met")
    PARTLY_MET = maturity.PARTLY_MET, _("Partly met")
    NOT_YET_MET = maturity.NOT_YET_MET, _("Not yet met")
    NOT_APPLICABLE = maturity.NOT_APPLICABLE, _("Not applicable")


class SignsChoice(models.TextChoices):
    """To a criterion without a level."""

    STRONG = "strong_signs", _("Strong signs")
    SOME = "some_signs", _("Some signs")
    NONE_YET = "no_signs_yet", _("No signs yet")


class FactorChoice(models.TextChoices):
    """To an enabling factor."""

    HELPS = "helps", _("Helps")
    HINDERS = "hinders", _("Hinders")
    BOTH = "both", _("Both helps and hinders")
    NEITHER = "neither", _("Neither")


class MethodChoice(models.TextChoices):
    """How the reflection was made."""

    FACILITATED = "facilitated", _("Facilitated discussion")
    LEAD_ALONE = "lead_alone", _("Lead alone")


class Question(models.TextChoices):
    """The questions that are not the framework's own criteria."""

    # part 1
    PARTICIPANTS = "participants", _("Who took part, by profession")
    METHOD = "method", _("How the reflection was made")
    HELD_ON = "held_on", _("Date of the discussion")
    ABOUT_CLUSTER = "about_cluster", _("About the cluster")
    # each outcome
    OWN_LEVEL = "own_level", _("The cluster's own level")
    TARGET_LEVEL = "target_level", _("Target level")
    GOING_WELL = "going_well", _("What is going well")
    IN_THE_WAY = "in_the_way", _("What gets in the way")
    SUPPORT_NEEDED = "support_needed", _("What support is needed")
    NEXT_STEPS = "next_steps", _("What happens next, and by when")
    DISCUSSION_NOTE = "discussion_note", _("Notes of the discussion")
    # part 5
    SUPPORT_OVERALL = "support_overall", _("Support needed overall")
    ANYTHING_ELSE = "anything_else", _("Anything else")


CONTEXT_QUESTIONS = [
    Question.PARTICIPANTS,
    Question.METHOD,
    Question.HELD_ON,
    Question.ABOUT_CLUSTER,
]
LEVEL_QUESTIONS = [Question.OWN_LEVEL, Question.TARGET_LEVEL]
OUTCOME_TEXT_QUESTIONS = [
    Question.GOING_WELL,
    Question.IN_THE_WAY,
    Question.SUPPORT_NEEDED,
    Question.NEXT_STEPS,
]
# In words, and from the list of barriers and support needs.
NEED_QUESTIONS = [
    Question.IN_THE_WAY,
    Question.SUPPORT_NEEDED,
    Question.SUPPORT_OVERALL,
]
CLOSING_QUESTIONS = [Question.SUPPORT_OVERALL, Question.ANYTHING_ELSE]
REFLECTION_QUESTIONS = CONTEXT_QUESTIONS + CLOSING_QUESTIONS
WRITTEN_QUESTIONS = [
    Question.HELD_ON,
    Question.ABOUT_CLUSTER,
    *OUTCOME_TEXT_QUESTIONS,
    Question.DISCUSSION_NOTE,
    *CLOSING_QUESTIONS,
]
# What a submission holds of each outcome: the notes of the discussion stay with the cluster.
OUTCOME_QUESTIONS = LEVEL_QUESTIONS + OUTCOME_TEXT_QUESTIONS
# A self-reflection is complete without its texts, but not without these.
REQUIRED_QUESTIONS = [
    Question.PARTICIPANTS,
    Question.METHOD,
    Question.HELD_ON,
    Question.OWN_LEVEL,
]


def required_and_answered(prefix=""):
    """Answers that count as progress: a choice or a date, where one is asked for."""
    required = (
        Q(**{f"{prefix}criterion__isnull": False})
        | Q(**{f"{prefix}enabling_factor__isnull": False})
        | Q(**{f"{prefix}question__in": REQUIRED_QUESTIONS})
    )
    answered = Q(**{f"{prefix}choice__gt": ""}) | Q(
        **{f"{prefix}dated_on__isnull": False}
    )
    return required & answered


LEVELS_AS_CHOICES = ["", *(str(level) for level, _label in LEVEL_CHOICES)]
