"""Good practice of a scope, as a summary shows it: the newest of each health board."""

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from peerreview.models import GoodPractice
from peerreview.selectors.practice import named_then
from peerreview.selectors.wording import read_each_over

MOST_SHOWN = 12


def load_good_practice(page):
    """What clusters of ``page`` shared up to its cycle, the newest of each board first.

    ``MOST_SHOWN`` at most, and how many there are in all: three queries, however many there are,
    and one for each edition that was corrected.
    """
    cycles = page.cycles[page.cycles.index(page.cycle) :]
    shared = (
        GoodPractice.objects.visible_to(page.user)
        .shared()
        .filter(
            page.scope.of_clusters("cluster__"),
            annotation__review__reflection__cycle__in=[cycle.pk for cycle in cycles],
        )
    )
    newest = F("consented_at").desc()
    chosen = list(
        named_then(shared)
        .annotate(
            turn=Window(
                RowNumber(),
                partition_by="cluster__health_board",
                order_by=[newest, F("pk").desc()],
            )
        )
        .select_related("outcome__module__edition", "cluster__health_board")
        .order_by("turn", newest, "-pk")[:MOST_SHOWN]
    )
    count = len(chosen) if len(chosen) < MOST_SHOWN else shared.count()
    read_each_over([practice.outcome for practice in chosen])
    return chosen, count
