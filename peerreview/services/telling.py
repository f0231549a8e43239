"""Telling people by e-mail of a round: names, days and a link, nothing that a cluster wrote."""

from django.db.models import Q

from notifications.models import Message
from notifications.services import Letters, send, send_all
from notifications.writing import LANGUAGES, day, hour, in_both, link_to, name_of
from organisations.models import CLUSTER_ROLES, LEAD_ROLES, Membership, Role, User
from peerreview.models import Assignment, ReviewPhase

Kind = Message.Kind


def round_announced(*, review_round, by):
    """Tell each reviewer and facilitator once a group, and whoever leads a cluster that is reviewed."""
    assigned(
        assignments=Assignment.objects.running().filter(group__round=review_round),
        by=by,
    )
    clusters_announced(reviews=review_round.reviews.exclude(group=None), by=by)


def assigned(*, assignments, by):
    """Tell those who review or facilitate now; each reads the clusters that are not their own."""
    rows = list(
        assignments.exclude(user=by)
        .select_related("user", "group__round")
        .order_by("group", "pk")
    )
    if not rows:
        return
    review_round = rows[0].group.round
    own = set(
        Membership.objects.current()
        .filter(role__in=CLUSTER_ROLES, user__in=[row.user_id for row in rows])
        .values_list("user", "cluster")
    )
    clusters = _clusters_by_group(review_round)
    reads_from = _first_day(review_round)
    send_all(
        kind=Kind.REVIEW_ASSIGNED,
        letters=[
            Letters(
                to=[row.user],
                facts={
                    "round": name_of(review_round),
                    "group": str(row.group.number),
                    "role": in_both(row.get_role_display),
                    "clusters": _names(
                        cluster
                        for cluster in clusters.get(row.group_id, [])
                        if (row.user_id, cluster.pk) not in own
                    ),
                    "reads_from": reads_from,
                    "meets_at": hour(row.group.meets_at) if row.group.meets_at else "",
                    "link": _link(row.group),
                },
            )
            for row in rows
        ],
        about=review_round,
    )


def clusters_announced(*, reviews, by):
    """Tell whoever holds the lead's right in a cluster that it is reviewed, and in which group."""
    rows = list(
        reviews.taking_part()
        .select_related("round", "group", "reflection__cluster")
        .order_by("group", "pk")
    )
    if not rows:
        return
    leads = {}
    for membership in (
        Membership.objects.current()
        .filter(
            role__in=LEAD_ROLES,
            cluster__in=[row.cluster for row in rows],
            user__is_active=True,
        )
        .exclude(user=by)
        .select_related("user")
        .order_by("user")
    ):
        leads.setdefault(membership.cluster_id, {})[membership.user_id] = (
            membership.user
        )
    review_round = rows[0].round
    reads_from = _first_day(review_round)
    send_all(
        kind=Kind.REVIEW_ANNOUNCED,
        letters=[
            Letters(
                to=list(leads[row.cluster.pk].values()),
                facts={
                    "round": name_of(review_round),
                    "cluster": name_of(row.cluster),
                    "group": str(row.group.number),
                    "reads_from": reads_from,
                    "meets_at": hour(row.group.meets_at) if row.group.meets_at else "",
                    "link": _link(row.group),
                },
            )
            for row in rows
            if row.cluster.pk in leads
        ],
        about=review_round,
    )


def meeting_set(*, group, by):
    """Tell whoever reviews or facilitates in a group, and leads its clusters, when it meets now."""
    in_it = Assignment.objects.running().filter(group=group)
    leads = Membership.objects.current().filter(
        role__in=LEAD_ROLES,
        cluster__in=group.reviews.taking_part().values("reflection__cluster"),
    )
    send(
        kind=Kind.REVIEW_MEETING,
        to=_others(Q(pk__in=in_it.values("user")) | Q(pk__in=leads.values("user")), by),
        facts={
            "round": name_of(group.round),
            "group": str(group.number),
            "meets_at": hour(group.meets_at) if group.meets_at else "",
            "minutes": str(group.minutes),
            "place": group.place,
            "online": group.link,
            "link": _link(group),
        },
        about=group.round,
    )


def removed(*, assignment, by):
    """Tell somebody that another has taken them out of a group; they may no longer open it."""
    group = assignment.group
    send(
        kind=Kind.REVIEW_REMOVED,
        to=_others(Q(pk=assignment.user_id), by),
        facts={
            "round": name_of(group.round),
            "group": str(group.number),
            "link": link_to("peerreview:round_list"),
        },
        about=group.round,
    )


def review_agreed(*, review, by):
    """Tell a cluster's leads and its board's officers that the group's agreement is recorded."""
    cluster = review.reflection.cluster
    told = Membership.objects.current().filter(
        Q(role__in=LEAD_ROLES, cluster=cluster)
        | Q(role=Role.HEALTH_BOARD_OFFICER, health_board=cluster.health_board_id)
    )
    send(
        kind=Kind.REVIEW_AGREED,
        to=_others(Q(pk__in=told.values("user")), by),
        facts={
            "round": name_of(review.round),
            "cluster": name_of(cluster),
            "link": link_to(
                "peerreview:cluster_record",
                round=review.round.code,
                cluster=cluster.code,
            ),
        },
        about=review,
    )


def _others(who, by):
    """People who can sign in, but for whoever did it: each once."""
    return list(
        User.objects.filter(who, is_active=True).exclude(pk=by.pk).order_by("pk")
    )


def _clusters_by_group(review_round):
    found = {}
    for review in (
        review_round.reviews.taking_part()
        .exclude(group=None)
        .select_related("reflection__cluster")
        .order_by("reflection__cluster__sort_en", "pk")
    ):
        found.setdefault(review.group_id, []).append(review.cluster)
    return found


def _names(clusters):
    clusters = list(clusters)
    return {
        language: ", ".join(name_of(cluster)[language] for cluster in clusters)
        for language in LANGUAGES
    }


def _first_day(review_round):
    reading = review_round.phases.get(kind=ReviewPhase.Kind.READING)
    return day(reading.starts_on)


def _link(group):
    return link_to(
        "peerreview:group_detail", round=group.round.code, group=group.number
    )
