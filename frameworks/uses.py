"""Who uses an edition: apps that come later in the order of imports say so here."""

_checks = []
_concerned = []


def tell_uses(check):
    """Ask ``check`` from now on: given an edition, it names what still needs it in use."""
    _checks.append(check)


def uses_of(edition):
    return [use for check in _checks for use in check(edition)]


def tell_concerned(check):
    """Ask ``check`` from now on: given an edition, it says whom a correction of wording concerns."""
    _concerned.append(check)


def concerned_by_correction(edition):
    return [line for check in _concerned for line in check(edition)]
