"""How far the clusters of a health board and of Wales are; their levels are on the dashboard."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from organisations.models import Role
from organisations.permissions import Permission, authorise, holds
from reporting import selectors
from reporting.scopes import BOARD, EVERYWHERE, Scope


def results(request):
    """The person's own clusters in the current cycle, or the boards to choose from."""
    boards = [
        membership.health_board
        for membership in request.user.current_memberships
        if membership.role == Role.HEALTH_BOARD_OFFICER
    ]
    sees_wales = holds(request.user, Permission.VIEW_NATIONAL_RESULTS)
    if not (sees_wales or boards):
        raise PermissionDenied("no results to see")

    cycle = selectors.current_cycle(selectors.begun_cycles())
    if cycle and sees_wales:
        return redirect("reporting:national", cycle=cycle.code)
    if cycle and len(boards) == 1:
        return redirect("reporting:board", cycle=cycle.code, board=boards[0].code)
    return render(request, "reporting/results.html", {"cycle": cycle, "boards": boards})


def national(request, cycle):
    """Every health board and every cluster of Wales in one cycle."""
    authorise(request.user, Permission.VIEW_NATIONAL_RESULTS)
    cycles, chosen = _cycles(cycle)
    return render(
        request,
        "reporting/national.html",
        {
            "cycle": chosen,
            "has_closed": selectors.has_closed(chosen),
            "cycle_links": [
                (other, reverse("reporting:national", args=[other.code]))
                for other in cycles
            ],
            "progress": selectors.load_progress(request.user, chosen),
            "dashboard_url": EVERYWHERE.url("levels", cycle=chosen.code),
        },
    )


def board(request, cycle, board):
    """The clusters of one health board in one cycle."""
    cycles, chosen = _cycles(cycle)
    found = selectors.load_progress(request.user, chosen, board_code=board)
    if not found.boards:
        raise Http404
    health_board = found.boards[0].health_board
    authorise(request.user, Permission.VIEW_BOARD_RESULTS, health_board)
    return render(
        request,
        "reporting/board.html",
        {
            "board": health_board,
            "cycle": chosen,
            "has_closed": selectors.has_closed(chosen),
            "cycle_links": [
                (other, reverse("reporting:board", args=[other.code, board]))
                for other in cycles
            ],
            "progress": found,
            "dashboard_url": Scope(BOARD, health_board).url(
                "levels", cycle=chosen.code
            ),
            "sees_wales": holds(request.user, Permission.VIEW_NATIONAL_RESULTS),
        },
    )


def _cycles(code):
    """Every cycle that was ever opened, and the one of an address, or 404."""
    cycles = selectors.begun_cycles()
    for cycle in cycles:
        if cycle.code == code:
            return cycles, cycle
    raise Http404
