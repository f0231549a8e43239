"""How far a pack is, for the page that shows it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from reporting.models import Pack, PackPart


@dataclass(frozen=True)
class PackProgress:
    """How many of its documents are made, and which cannot be."""

    made: int
    total: int
    failed: list[PackPart]

    @property
    def is_all_done(self):
        """Whether nothing is left but to put them together."""
        return self.made + len(self.failed) == self.total


def load_pack_progress(pack):
    """Two queries, however many documents there are."""
    counts = pack.parts.aggregate(
        made=Count("pk", filter=Q(state=PackPart.State.DONE)), total=Count("pk")
    )
    failed = pack.parts.filter(state=PackPart.State.FAILED).in_order()
    return PackProgress(failed=list(failed), **counts)


def load_packs(user, most):
    """The newest packs of ``user``, each with ``part_count`` and ``made_count``: one query."""
    made = Count("parts", filter=Q(parts__state=PackPart.State.DONE))
    return list(
        Pack.objects.visible_to(user)
        .select_related("health_board", "cycle")
        .annotate(part_count=Count("parts"), made_count=made)
        .order_by("-asked_at", "-pk")[:most]
    )
