"""Key indicators: what they are, what is known of them, and entering their figures."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.forms.figures import FiguresForm
from assessments.periods import EARLIEST, Period
from assessments.selectors import indicators as selectors
from assessments.services.figures import enter_figures
from organisations.models import HealthBoard, Role
from organisations.permissions import Permission, authorise, holds

INVALID, CONFLICT = 422, 409


def indicator_list(request):
    """The indicators of the newest published edition."""
    edition, indicators = selectors.indicators_of_use()
    return render(
        request,
        "assessments/indicator_list.html",
        {
            "edition": edition,
            "indicators": indicators,
            "may_upload": request.user.has_role(
                Role.HEALTH_BOARD_OFFICER, Role.NATIONAL_OFFICER
            ),
        },
    )


def indicator_detail(request, edition, indicator):
    """One indicator, with the newest figures of the clusters that the person may read."""
    indicator = selectors.indicator_of(edition, indicator)
    periods, rows = selectors.figures_of(indicator, request.user)
    boards = {row.cluster.health_board for row in rows}
    return render(
        request,
        "assessments/indicator_detail.html",
        {
            "indicator": indicator,
            "periods": periods,
            "rows": rows,
            "offered_periods": selectors.offered_periods(indicator),
            "boards": [
                board
                for board in HealthBoard.objects.in_name_order()
                if board in boards
                and holds(request.user, Permission.ENTER_FIGURES, board)
            ],
        },
    )


def figures_choose(request, edition, indicator):
    """Lead from the choice of a board and a period to the page of their figures."""
    indicator = selectors.indicator_of(edition, indicator)
    board = request.GET.get("board", "")
    period = Period.of_code(request.GET.get("period", ""), indicator.period)
    if period is None or not HealthBoard.objects.filter(code=board).exists():
        return redirect("indicators:indicator_detail", edition, indicator.code)
    return redirect(
        "indicators:figures_edit", edition, indicator.code, board, period.code
    )


def figures_edit(request, edition, indicator, board, period):
    """The figures of a board's clusters for one period."""
    indicator = selectors.indicator_of(edition, indicator)
    board = get_object_or_404(HealthBoard, code=board)
    authorise(request.user, Permission.ENTER_FIGURES, board)
    period = Period.of_code(period, indicator.period)
    newest = selectors.offered_periods(indicator)[0]
    if period is None or not EARLIEST <= period.starts_on <= newest.starts_on:
        raise Http404("no such period")
    clusters = selectors.clusters_to_enter(board, period)
    before = period.next(-1)
    stored = selectors.stored_figures(indicator, board, period, before)
    people = selectors.people_of_rates(indicator, board, period)

    def form(data=None, **kwargs):
        return FiguresForm(
            indicator,
            clusters,
            stored[period.starts_on],
            data,
            people=people,
            **kwargs,
        )

    status, stale = 200, []
    if request.method != "POST":
        page_form = form()
    elif "switch_to" in request.POST:
        # Nothing of it is saved half-way: the other language shows it as it was typed.
        page_form = form(initial={name: request.POST[name] for name in request.POST})
        stale = [
            cluster.pk
            for cluster in clusters
            if str(cluster.pk) in request.POST.getlist("stale")
        ]
    else:
        page_form = form(request.POST)
        if any(name.startswith("mark-") for name in page_form.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        status = INVALID
        if page_form.is_valid():
            entered = enter_figures(
                indicator=indicator,
                health_board=board,
                period=period,
                figures=page_form.figures(),
                by=request.user,
            )
            if not entered.stale:
                messages.success(request, _said(entered))
                return redirect(
                    "indicators:indicator_detail",
                    indicator.edition.code,
                    indicator.code,
                )
            status, stale = CONFLICT, entered.stale
            stored = selectors.stored_figures(indicator, board, period, before)
            # What the person typed in the rows that differ, on top of what is there now:
            # sending it again replaces it.
            typed = [
                f"{part}-{pk}" for part in ("numerator", "denominator") for pk in stale
            ]
            page_form = form(
                initial={
                    name: request.POST[name] for name in typed if name in request.POST
                }
            )
    rows = [
        row
        | {
            "is_stale": row["cluster"].pk in stale,
            "before": stored[before.starts_on].get(row["cluster"].pk),
        }
        for row in page_form.rows()
    ]
    return render(
        request,
        "assessments/figures_edit.html",
        {
            "indicator": indicator,
            "board": board,
            "period": period,
            "before": before,
            "form": page_form,
            "rows": rows,
            "stale": stale,
            "errors": [
                _(
                    "Somebody else entered other figures meanwhile. Yours are still below."
                )
            ]
            if stale
            else [],
            "back": reverse(
                "indicators:indicator_detail",
                args=[indicator.edition.code, indicator.code],
            ),
        },
        status=status,
    )


def _said(entered):
    if not entered.written:
        return _("Nothing was different, so nothing was changed.")
    return _("The figures are saved.")
