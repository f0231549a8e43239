"""In words, where a text stands: in its section, and in the whole edition."""

from django.utils.translation import gettext as _

from frameworks.models import Criterion, LogicModelEntry, Outcome


def place_of(text, section):
    """Where a text stands in its section: the criterion, the factor, the line of a logic model."""
    thing = text.thing
    if thing == section.subject:
        return ""
    if isinstance(thing, Criterion):
        if thing.level:
            return _("Level %(level)s, criterion %(number)s") % {
                "level": thing.level,
                "number": thing.number,
            }
        return _("Criterion %(number)s") % {"number": thing.number}
    if isinstance(thing, LogicModelEntry):
        kind, where = thing.get_kind_display(), _("Logic model")
        return f"{where}: {kind} {thing.number}"
    name = str(thing._meta.verbose_name)
    return f"{name[:1].upper()}{name[1:]}: {thing.number}"


def section_name(section):
    """A section in a few words: its module by abbreviation, and the outcome's number."""
    if section.module is None:
        return section.heading
    module = section.module.abbreviation or section.module.code
    if isinstance(section.subject, Outcome):
        return f"{module} {section.subject.number}"
    return module
