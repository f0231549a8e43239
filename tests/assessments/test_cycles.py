"""Cycles: who plans, opens, extends and closes them, what each page says first, who is told."""

import datetime
from html import unescape

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import Cycle, CycleExtension, SelfReflection
from assessments.selectors.cycles import (
    closing_preview,
    extension_preview,
    fingerprint,
    opening_preview,
)
from assessments.services.cycles import (
    CodeTaken,
    CycleChanged,
    FixedByOpening,
    HourPassed,
    NotOpen,
    NotPublished,
    TooEarly,
)
from assessments.views.loading import reflection_url
from notifications import services as sending
from notifications.models import Message
from organisations.models import AuditEvent, Role
from tests.assessments.test_concurrency import at_once, person
from tests.assessments.test_history import text_of
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import State, start, submit

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def planned(edition):
    return CycleFactory(
        code="next",
        edition=edition,
        unopened=True,
        name_cy="Hunanfyfyrio nesaf",
        name_en="Next self-reflection",
    )


def page_of(name, cycle=None, language="en"):
    with override(language):
        return reverse(f"cycles:{name}", args=[cycle.code] if cycle else [])


def parts(name, when):
    when = timezone.localtime(when)
    return {
        f"{name}_on_day": when.day,
        f"{name}_on_month": when.month,
        f"{name}_on_year": when.year,
        f"{name}_at_hour": f"{when:%H:%M}",
    }


def words_of(response):
    return unescape(text_of(response))


def changes_of(cycle):
    return list(
        AuditEvent.objects.filter(
            subject_type="assessments.cycle", subject_id=str(cycle.pk)
        )
        .order_by("pk")
        .values_list("kind", "by__email", "details__change")
    )


def letters(kind):
    return list(
        Message.objects.filter(kind=kind)
        .order_by("pk")
        .values_list("address", "language", "facts__cluster__en")
    )


def extend(cycle, *, by, days=7, **said):
    return services.extend_cycle(
        cycle=cycle,
        closes_at=cycle.closes_at + days * DAY,
        by=by,
        **({"reason_cy": "Eira.", "reason_en": "Snow."} | said),
    )


# Planning -----------------------------------------------------------------------------------


def typed(edition, **more):
    return {
        "name_cy": "Cylch 2031",
        "name_en": "Cycle 2031",
        "code": "2031",
        "edition": edition.pk,
        "opens_on_day": 1,
        "opens_on_month": 9,
        "opens_on_year": 2031,
        "closes_on_day": 30,
        "closes_on_month": 11,
        "closes_on_year": 2031,
        "opens_at_hour": "09:00",
        "closes_at_hour": "17.00",
    } | more


@pytest.mark.parametrize("actor", ["national", "administrator", "superuser"])
def test_a_cycle_is_planned_at_the_hours_of_wales(request, client, edition, actor):
    user = request.getfixturevalue(actor)
    client.force_login(user)

    response = client.post(page_of("cycle_add"), typed(edition))

    cycle = Cycle.objects.get()
    assert response.url == page_of("cycle_detail", cycle)
    assert (cycle.name_cy, cycle.name_en, cycle.edition, cycle.shown_state) == (
        "Cylch 2031",
        "Cycle 2031",
        edition,
        "planned",
    )
    # Nine o'clock in Wales, in September an hour ahead of UTC, and five in November.
    assert (cycle.opens_at.isoformat(), cycle.closes_at.isoformat()) == (
        "2031-09-01T08:00:00+00:00",
        "2031-11-30T17:00:00+00:00",
    )
    assert changes_of(cycle) == [("added", user.email, None)]
    assert SelfReflection.objects.count() == Message.objects.count() == 0


def test_the_page_begins_with_the_usual_hours_and_the_newest_edition(
    client, edition, national
):
    EditionFactory(draft=True, issued="2033-01")
    EditionFactory(retired=True, issued="2032-01")
    client.force_login(national)

    form = client.get(page_of("cycle_add")).context["form"]

    assert (form["opens_at_hour"].value(), form["closes_at_hour"].value()) == (
        "09:00",
        "17:00",
    )
    assert list(form.fields["edition"].queryset) == [edition]
    assert form["edition"].value() == edition.pk


@pytest.mark.parametrize(
    ("language", "more", "errors"),
    [
        ("en", {"name_cy": " "}, {"name_cy": ["Enter the name in Welsh."]}),
        ("cy", {"name_cy": ""}, {"name_cy": ["Rhowch yr enw yn Gymraeg."]}),
        ("en", {"name_en": ""}, {"name_en": ["Enter the name in English."]}),
        ("en", {"code": ""}, {"code": ["Enter a code."]}),
        (
            "en",
            {"code": "ŵyn 2031"},
            {"code": ["Use letters without accents, figures and hyphens."]},
        ),
        (
            "en",
            {"code": "add"},
            {"code": ["This code is taken already. Choose another."]},
        ),
        (
            "en",
            {"code": "next"},
            {"code": ["This code is taken already. Choose another."]},
        ),
        ("en", {"edition": ""}, {"edition": ["Choose an edition."]}),
        (
            "en",
            {"edition": "draft"},
            {"edition": ["Choose an edition that is published."]},
        ),
        (
            "en",
            {"opens_on_month": 13},
            {"opens_on": ["There is no such date. Check the day and the month."]},
        ),
        (
            "en",
            {"closes_at_hour": "five"},
            {"closes_at_hour": ["Enter the hour in figures, for example 17:00."]},
        ),
        (
            "en",
            {"opens_on_year": 2032},
            {"closes_on": ["A cycle closes after it opens."]},
        ),
        (
            "cy",
            {"opens_on_year": 2020, "closes_on_year": 2020},
            {"closes_on": ["Dewiswch awr gau sydd eto i ddod."]},
        ),
    ],
)
def test_what_cannot_be_planned_is_said_and_kept(
    client, edition, planned, national, language, more, errors
):
    draft = EditionFactory(draft=True)
    if more.get("edition") == "draft":
        more = {"edition": draft.pk}
    client.force_login(national)

    response = client.post(
        page_of("cycle_add", language=language), typed(edition) | more
    )

    assert response.status_code == 422
    assert response.context["form"].errors == errors
    if "name_en" not in more:
        assert 'value="Cycle 2031"' in response.content.decode()
    assert Cycle.objects.count() == 1


def test_changing_the_language_keeps_what_is_typed(client, edition, national):
    client.force_login(national)

    html = client.post(
        page_of("cycle_add", language="cy"),
        typed(edition, switch_to="cy", name_en="Ŵyn <b>", code=""),
    ).content.decode()

    assert "Ŵyn &lt;b&gt;" in html
    assert "Rhowch god." not in html
    assert Cycle.objects.count() == 0


@pytest.mark.parametrize("trait", ["draft", "retired"])
def test_the_service_plans_and_opens_on_a_published_edition_alone(
    planned, national, trait
):
    edition = EditionFactory(**{trait: True})
    fields = {
        "name_cy": "C",
        "name_en": "C",
        "opens_at": planned.opens_at,
        "closes_at": planned.closes_at,
    }

    with pytest.raises(NotPublished):
        services.add_cycle(code="c", edition=edition, by=national, **fields)
    with pytest.raises(NotPublished):
        services.change_cycle(cycle=planned, changes={"edition": edition}, by=national)
    Cycle.objects.update(edition=edition)
    with pytest.raises(NotPublished):
        services.open_cycle(cycle=planned, by=national)

    assert list(Cycle.objects.values_list("code", "opened_at")) == [("next", None)]


def test_an_open_cycle_goes_on_when_its_edition_is_retired(
    cycle, cluster, other_cluster, national
):
    SelfReflectionFactory(cycle=cycle, cluster=cluster)
    Cycle.objects.update(edition=EditionFactory(retired=True))

    services.open_cycle(cycle=cycle, by=national)

    assert cycle.reflections.count() == 2


def test_two_cycles_never_have_one_code(planned, national):
    with pytest.raises(CodeTaken):
        services.add_cycle(
            code="next",
            name_cy="C",
            name_en="C",
            edition=planned.edition,
            opens_at=planned.opens_at,
            closes_at=planned.closes_at,
            by=national,
        )


def test_a_planned_cycle_is_changed_whole(client, planned, national):
    edition = EditionFactory(issued="2031-01")
    client.force_login(national)
    url = page_of("cycle_edit", planned)
    form = client.get(url).context["form"]

    response = client.post(
        url, typed(edition, code="other", seen=form["seen"].value(), name_en="Other")
    )

    assert response.url == page_of("cycle_detail", planned)
    planned.refresh_from_db()
    assert (planned.code, planned.name_en, planned.edition) == (
        "next",
        "Other",
        edition,
    )
    [event] = AuditEvent.objects.filter(kind="changed")
    assert set(event.details["after"]) == {
        *("name_cy", "name_en", "edition", "opens_at", "closes_at"),
    }


@pytest.mark.parametrize("closed", [False, True])
def test_after_opening_the_names_alone_change(client, edition, national, closed):
    cycle = CycleFactory(code="open", edition=edition, closed=closed)
    client.force_login(national)
    url = page_of("cycle_edit", cycle)
    form = client.get(url).context["form"]
    assert set(form.fields) == {"name_cy", "name_en", "seen"}

    client.post(url, typed(EditionFactory(), seen=form["seen"].value()))

    before = Cycle.objects.get(pk=cycle.pk)
    assert (before.name_cy, before.name_en) == ("Cylch 2031", "Cycle 2031")
    assert (before.edition, before.opens_at, before.closes_at) == (
        cycle.edition,
        cycle.opens_at,
        cycle.closes_at,
    )
    with pytest.raises(FixedByOpening):
        services.change_cycle(
            cycle=cycle, changes={"closes_at": cycle.closes_at + DAY}, by=national
        )


def test_two_officers_who_change_a_cycle_see_each_others_change(
    client, planned, national
):
    client.force_login(national)
    url = page_of("cycle_edit", planned)
    seen = client.get(url).context["form"]["seen"].value()
    other = UserFactory(name="Officer Two", national_officer=True)
    services.change_cycle(cycle=planned, changes={"name_en": "Theirs"}, by=other)

    mine = typed(planned.edition, name_en="Mine", seen=seen)
    late = client.post(url, mine)
    unsaid = client.post(url, mine | {"seen": ""})
    again = client.post(url, mine | {"seen": late.context["form"]["seen"].value()})

    assert (late.status_code, unsaid.status_code) == (409, 409)
    text = words_of(late)
    assert "has changed since you looked" in text
    assert "The cycle was changed: Officer Two" in text
    assert 'value="Mine"' in late.content.decode()
    assert again.status_code == 302
    planned.refresh_from_db()
    assert planned.name_en == "Mine"


# Opening ------------------------------------------------------------------------------------


def test_the_page_says_whom_opening_concerns(client, planned, board, lead, national):
    """``lead`` leads Afan; the others here have no lead, and one of them only a deputy."""
    # Its hour of opening may have passed: the clusters of today are asked.
    day = max(timezone.localdate(planned.opens_at), timezone.localdate())
    other_board = HealthBoardFactory(name_en="Powys")
    of = {"health_board": other_board}
    led = ClusterFactory(**of)
    deputy = UserFactory()
    MembershipFactory(user=deputy, role=Role.DEPUTY_LEAD, cluster=led)
    alone = ClusterFactory(name_en="Without anybody", **of)
    UserFactory(lead_of=alone, is_active=False)
    UserFactory(contributor_to=led)
    ClusterFactory(name_en="Soon", opened_on=day + 90 * DAY, **of)
    ClusterFactory(name_en="Far away", opened_on=day + 91 * DAY, **of)
    ClusterFactory(name_en="Just gone", closed_on=day - 89 * DAY, **of)
    ClusterFactory(name_en="Long gone", closed_on=day - 90 * DAY, **of)
    ClusterFactory(name_en="Leaving", closed_on=day + 3 * DAY, **of)
    client.force_login(national)

    response = client.get(page_of("cycle_open", planned))

    preview = response.context["preview"]
    assert [
        (group.board.name, len(group.clusters)) for group in preview.boards
    ] == sorted([(board.name, 1), ("Powys", 3)])
    assert [(group.board.name, group.clusters) for group in preview.boards_without_lead] == [
        ("Powys", [*(c for c in preview.clusters if c.name == "Leaving"), alone])
    ]  # fmt: skip
    assert [cluster.name for cluster in preview.closing] == ["Leaving"]
    assert [cluster.name for cluster in preview.around] == ["Just gone", "Soon"]
    assert (preview.people, preview.letters, preview.present) == (3, 2, 0)
    text = words_of(response)
    assert "Clusters that get a self-reflection: 4" in text
    assert "Clusters that nobody leads: 2" in text
    assert "can sign in: 3" in text
    assert "deputy leads: 2" in text
    planned.refresh_from_db()
    assert planned.opened_at is None


def test_opening_tells_each_lead_in_their_language(
    client, planned, cluster, national, django_capture_on_commit_callbacks, mailoutbox
):
    other = ClusterFactory()
    both = UserFactory(email="both@example.test", language="cy")
    for led in (cluster, other):
        MembershipFactory(user=both, role=Role.CLUSTER_LEAD, cluster=led)
    deputy = UserFactory(email="deputy@example.test", language="en")
    MembershipFactory(user=deputy, role=Role.DEPUTY_LEAD, cluster=other)
    MembershipFactory(user=deputy, role=Role.CLUSTER_LEAD, cluster=other)
    UserFactory(contributor_to=other)
    UserFactory(lead_of=other, is_active=False)
    client.force_login(national)
    url = page_of("cycle_open", planned)
    seen = client.get(url).context["form"]["seen"].value()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, {"seen": seen})

    assert response.url == page_of("cycle_detail", planned)
    planned.refresh_from_db()
    assert (planned.shown_state, planned.reflections.count()) == ("open", 2)
    assert sorted(letters("cycle_opened")) == sorted(
        [
            ("both@example.test", "cy", cluster.name_en),
            ("both@example.test", "cy", other.name_en),
            ("deputy@example.test", "en", other.name_en),
        ]
    )
    welsh = next(mail for mail in mailoutbox if cluster.name_cy in mail.subject)
    assert welsh.subject.startswith("Mae'r hunanfyfyrdod ar agor: ")
    assert f"/cy/self-reflections/next/{cluster.code}/" in welsh.body
    assert "Gellir ateb" not in welsh.body  # it has begun
    assert "Sent: 3 of 3" in words_of(client.get(response.url))


def test_a_cycle_that_begins_later_says_so_in_the_e_mail(planned, lead, national):
    planned.opens_at = timezone.now() + DAY
    planned.save()

    services.open_cycle(cycle=planned, by=national)

    assert Message.objects.get().facts["opens_at"]["en"]


class Slow(BaseEmailBackend):
    """Each letter takes five seconds, by the clock that measures patience."""

    seconds = 0

    def send_messages(self, email_messages):
        Slow.seconds += 5
        return len(email_messages)


def test_many_e_mails_do_not_keep_the_officer_waiting(
    client, planned, national, settings, monkeypatch, django_capture_on_commit_callbacks
):
    for _number in range(4):
        UserFactory(lead_of=ClusterFactory())
    settings.EMAIL_BACKEND = "tests.assessments.test_cycles.Slow"
    monkeypatch.setattr(Slow, "seconds", 0)
    monkeypatch.setattr(sending.time, "monotonic", lambda: Slow.seconds)

    with django_capture_on_commit_callbacks(execute=True):
        services.open_cycle(cycle=planned, by=national)

    assert Message.objects.filter(sent_at__isnull=False).count() == 2
    assert set(Message.objects.values_list("error", flat=True)) == {""}
    client.force_login(national)
    assert "Sent: 2 of 4" in words_of(client.get(page_of("cycle_detail", planned)))

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        call_command("resend_messages")

    assert Message.objects.filter(sent_at=None).count() == 0


def test_clusters_added_since_get_theirs_and_they_alone_are_told(
    client, cycle, cluster, lead, national
):
    SelfReflectionFactory(cycle=cycle, cluster=cluster)
    new = ClusterFactory()
    newcomer = UserFactory(lead_of=new)
    client.force_login(national)
    url = page_of("cycle_open", cycle)
    page = client.get(url)
    assert "Clusters that were added since" in words_of(page)
    assert page.context["preview"].clusters == [new]

    client.post(url, {"seen": page.context["form"]["seen"].value()})

    assert cycle.reflections.count() == 2
    assert [address for address, *_ in letters("cycle_opened")] == [newcomer.email]
    assert changes_of(cycle) == [("cycle_changed", national.email, "clusters_added")]
    assert "Every cluster has its self-reflection" in words_of(client.get(url))


def test_what_cannot_be_opened_has_no_button_and_says_why(
    client, planned, cluster, national
):
    client.force_login(national)
    url = page_of("cycle_open", planned)
    Cycle.objects.update(edition=EditionFactory(draft=True))
    on_a_draft = client.get(url)
    pressed = client.post(url, {"seen": on_a_draft.context["form"]["seen"].value()})
    Cycle.objects.update(edition=planned.edition, closes_at=timezone.now())
    too_late = client.get(url)
    pressed_late = client.post(url, {"seen": too_late.context["form"]["seen"].value()})
    with pytest.raises(HourPassed):
        services.open_cycle(cycle=planned, by=national)

    for page, why in [
        (on_a_draft, "its edition is not published"),
        (pressed, "its edition is not published"),
        (too_late, "its closing hour has passed"),
        (pressed_late, "its closing hour has passed"),
    ]:
        assert why in words_of(page)
        main = page.content.decode().partition("<main")[2].partition("</main>")[0]
        assert 'type="submit"' not in main
    assert Cycle.objects.get().opened_at is None


def test_the_second_to_open_is_told_who_was_first(client, planned, cluster, national):
    client.force_login(national)
    url = page_of("cycle_open", planned)
    seen = client.get(url).context["form"]["seen"].value()
    other = UserFactory(name="Officer Two", national_officer=True)
    services.open_cycle(cycle=planned, by=other)

    response = client.post(url, {"seen": seen}, follow=True)

    assert response.redirect_chain == [(page_of("cycle_detail", planned), 302)]
    assert "The cycle was opened: Officer Two" in words_of(response)
    assert [change for *_, change in changes_of(planned)] == ["opened"]


@pytest.mark.parametrize("what", ["hour", "cluster"])
def test_what_changed_before_opening_is_shown_again(
    client, planned, cluster, national, what
):
    client.force_login(national)
    url = page_of("cycle_open", planned)
    seen = client.get(url).context["form"]["seen"].value()
    if what == "hour":
        services.change_cycle(
            cycle=planned,
            changes={"closes_at": planned.closes_at + DAY},
            by=UserFactory(name="Officer Two", national_officer=True),
        )
    else:
        ClusterFactory()

    late = client.post(url, {"seen": seen})
    again = client.post(url, {"seen": late.context["form"]["seen"].value()})

    assert late.status_code == 409
    assert "Nothing was done." in words_of(late)
    assert ("Officer Two" in words_of(late)) is (what == "hour")
    assert again.url == page_of("cycle_detail", planned)
    planned.refresh_from_db()
    assert planned.shown_state == "open"


# Extending ----------------------------------------------------------------------------------


@pytest.fixture
def five(cycle, board, officer, lead, cluster):
    """A draft, two with more time of their own, one submitted, one that was never begun."""
    made = {}
    for name in ("draft", "earlier", "later", "submitted", "idle"):
        own = cluster if name == "draft" else ClusterFactory(health_board=board)
        made[name] = SelfReflectionFactory(cycle=cycle, cluster=own)
    start(made["draft"], by=lead)
    sender = UserFactory(lead_of=made["submitted"].cluster)
    start(made["submitted"], by=sender)
    submit(made["submitted"], by=sender)
    for name, days in (("earlier", 3), ("later", 20)):
        services.grant_extension(
            reflection=made[name],
            closes_at=cycle.closes_at + days * DAY,
            reason="Illness.",
            language="en",
            by=officer,
        )
    Message.objects.all().delete()
    return {name: SelfReflection.objects.get(pk=row.pk) for name, row in made.items()}


def test_whom_a_later_hour_concerns(five, cycle, national, administrator):
    until = cycle.closes_at + 7 * DAY

    preview = extension_preview(cycle, until, by=national)
    of_an_administrator = extension_preview(cycle, until, by=administrator)

    found = {
        name: {row.pk for row in getattr(preview, name).rows}
        for name in ("gaining", "withdrawing", "later", "overtaken")
    }
    assert found == {
        "gaining": {five[name].pk for name in ("draft", "earlier", "idle")},
        "withdrawing": {five["submitted"].pk},
        "later": {five["later"].pk},
        "overtaken": {five["earlier"].pk},
    }
    # How far which cluster is, officers see and administrators do not.
    assert (
        of_an_administrator.gaining.count,
        of_an_administrator.gaining.rows,
    ) == (3, [])


def test_extending_moves_the_hour_of_all_and_tells_those_who_gain(
    five, cycle, lead, national
):
    before = cycle.closes_at
    laggard = UserFactory(lead_of=five["later"].cluster)

    extension = extend(cycle, by=national)

    cycle.refresh_from_db()
    assert cycle.closes_at == extension.closes_at == before + 7 * DAY
    assert (extension.hour_before, extension.extended_by) == (before, national)
    rows = {name: SelfReflection.objects.get(pk=row.pk) for name, row in five.items()}
    assert {name: row.extended_to for name, row in rows.items()} == {
        "draft": None,
        "earlier": None,
        "later": before + 20 * DAY,
        "submitted": None,
        "idle": None,
    }
    assert rows["later"].closes_at == before + 20 * DAY
    assert rows["earlier"].closes_at == before + 7 * DAY
    assert rows["earlier"].extensions.count() == 1  # kept for good
    assert [address for address, *_ in letters("cycle_extended")] == [lead.email]
    assert laggard.email not in str(letters("cycle_extended"))
    assert changes_of(cycle) == [("cycle_changed", national.email, "extended")]


def test_after_its_hour_a_cycle_comes_to_life_again(reflection, lead, national):
    start(reflection, by=lead)
    cycle = reflection.cycle
    cycle.closes_at = timezone.now() - datetime.timedelta(minutes=1)
    cycle.save()
    assert (cycle.shown_state, cycle.time_is_over) == ("time_over", True)

    extend(cycle, by=national)

    again = SelfReflection.objects.get(pk=reflection.pk)
    assert (again.takes_answers, again.cycle.shown_state) == (True, "open")
    assert submit(again, by=lead).number == 1


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_an_hour_that_is_not_later_or_too_far_is_refused(cycle, national, days):
    with pytest.raises(services.NoExtension):
        extend(cycle, by=national, days=days)

    assert CycleExtension.objects.count() == 0


def test_a_reason_is_needed_and_an_open_cycle(cycle, planned, national):
    closed = CycleFactory(closed=True)

    with pytest.raises(services.ReasonMissing):
        extend(cycle, by=national, reason_cy=" ", reason_en="")
    for not_open in (planned, closed):
        with pytest.raises(NotOpen):
            extend(not_open, by=national, days=90)

    assert CycleExtension.objects.count() == 0


@pytest.mark.parametrize("actor", ["lead", "officer", "other_officer", "stranger"])
def test_nobody_else_keeps_cycles(request, cycle, planned, edition, actor):
    by = request.getfixturevalue(actor)
    fields = {"name_cy": "C", "name_en": "C", "edition": edition}
    hours = {"opens_at": cycle.opens_at, "closes_at": cycle.closes_at}

    for refused in (
        lambda: services.add_cycle(code="c", by=by, **fields, **hours),
        lambda: services.change_cycle(cycle=planned, changes=fields, by=by),
        lambda: services.open_cycle(cycle=planned, by=by),
        lambda: extend(cycle, by=by),
        lambda: services.close_cycle(cycle=cycle, by=by),
    ):
        with pytest.raises(PermissionDenied):
            refused()

    assert AuditEvent.objects.count() == 0


def test_extending_is_shown_first_and_then_done(client, five, cycle, lead, national):
    client.force_login(national)
    url = page_of("cycle_extend", cycle)
    seen = client.get(url).context["form"]["seen"].value()
    until = cycle.closes_at + 7 * DAY
    sent = parts("closes", until) | {"reason_en": "Snow & ice.", "seen": seen}

    check = client.post(url, sent)
    in_welsh = client.post(
        page_of("cycle_extend", cycle, "cy"), sent | {"shown": 1, "switch_to": "cy"}
    )
    changing = client.post(url, sent | {"change": 1})
    assert CycleExtension.objects.count() == 0
    done = client.post(url, sent | {"confirmed": 1})

    text = words_of(check)
    assert "Clusters that gain time: 3" in text
    assert "Clusters that have submitted: 1" in text
    assert "Clusters that have submitted: 1" in text
    assert "end later: 1" in text
    assert "end earlier: 1" in text
    assert "Clystyrau sy'n ennill amser: 3" in words_of(in_welsh)
    assert 'name="closes_on_day"' in changing.content.decode()
    assert "Snow &amp; ice." in changing.content.decode()
    assert done.url == page_of("cycle_detail", cycle)
    extension = CycleExtension.objects.get()
    assert (extension.reason_cy, extension.reason_en) == ("", "Snow & ice.")
    assert extension.closes_at == until.replace(second=0, microsecond=0)

    # Who reads why: whoever keeps cycles, and the clusters, in either language.
    pages = {
        "cycle": client.get(page_of("cycle_detail", cycle, "cy")),
    }
    client.force_login(lead)
    with override("cy"):
        address = reflection_url("reflection_detail", five["draft"])
    pages |= {"home": client.get("/cy/"), "contents": client.get(address)}
    for name, page in pages.items():
        assert '<blockquote class="quote__text" lang="en"' in page.content.decode(), (
            name
        )
        assert "Snow & ice." in words_of(page), name
        assert "Ysgrifennwyd yn Saesneg" in words_of(page), name


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        (
            {"reason_en": " "},
            {"reason_cy": ["Give a reason in at least one language."]},
        ),
        (
            {"closes_on_year": 2020},
            {"closes_on": ["Choose a time that is later than the present closing hour."]},
        ),
        (
            {"closes_on_year": 2090},
            {"closes_on": ["Choose a time within a year from now."]},
        ),
        ({"closes_on_day": ""}, {"closes_on": ["Enter the day."]}),
        ({"closes_at_hour": ""}, {"closes_at_hour": ["Enter the hour."]}),
    ],
)  # fmt: skip
def test_what_cannot_be_granted_is_said_and_kept(client, cycle, national, more, errors):
    client.force_login(national)
    url = page_of("cycle_extend", cycle)
    seen = {"seen": fingerprint(cycle), "reason_en": "Snow."}

    response = client.post(
        url, parts("closes", cycle.closes_at + DAY) | seen | more | {"confirmed": 1}
    )

    assert (response.status_code, response.context["form"].errors) == (422, errors)
    assert CycleExtension.objects.count() == 0


@pytest.mark.parametrize("days", [3, 30])
def test_the_second_to_extend_looks_again(client, cycle, national, days):
    """Whether the hour they typed is now too early or still later."""
    client.force_login(national)
    url = page_of("cycle_extend", cycle)
    sent = parts("closes", cycle.closes_at + 7 * DAY) | {
        "reason_cy": "Eira mawr.",
        "seen": fingerprint(cycle),
        "confirmed": 1,
    }
    other = UserFactory(name="Officer Two", national_officer=True)
    extend(cycle, by=other, days=days)

    late = client.post(url, sent)

    assert late.status_code == 409
    text = words_of(late)
    assert "has changed since you looked" in text
    assert "The cycle was extended: Officer Two" in text
    assert "Eira mawr." in text
    assert CycleExtension.objects.count() == 1
    seen_now = late.context["form"]["seen"].value()
    again = client.post(url, sent | {"seen": seen_now})
    assert again.status_code == (302 if days == 3 else 422)


def test_a_boards_extension_that_crosses_the_cycles_is_measured_anew(
    reflection, officer, national
):
    closes_at = reflection.cycle.closes_at
    extend(reflection.cycle, by=national, days=7)

    with pytest.raises(services.NoExtension):
        services.grant_extension(
            reflection=reflection,  # as it was read before
            closes_at=closes_at + 3 * DAY,
            reason="Illness.",
            language="en",
            by=officer,
        )


# Closing ------------------------------------------------------------------------------------


def test_what_ends_with_a_cycle(five, cycle, officer, national, administrator):
    services.return_reflection(
        reflection=five["submitted"], by=officer, reason="More.", language="en"
    )

    preview = closing_preview(cycle, by=national)

    assert preview.is_early
    assert {
        name: {row.pk for row in getattr(preview, name).rows}
        for name in ("never_submitted", "changing_again", "running_extensions")
    } == {
        "never_submitted": {
            five[name].pk for name in ("draft", "earlier", "later", "idle")
        },
        "changing_again": {five["submitted"].pk},
        "running_extensions": {five["earlier"].pk, five["later"].pk},
    }
    unnamed = closing_preview(cycle, by=administrator).never_submitted
    assert (unnamed.count, unnamed.rows) == (4, [])


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        (
            {},
            {
                "final": ["Tick this box to close the cycle."],
                "early": ["Tick this box to close the cycle."],
            },
        ),
        (
            {"final": "on"},
            {"early": ["Tick this box to close the cycle."]},
        ),
        (
            {"early": "on"},
            {"final": ["Tick this box to close the cycle."]},
        ),
    ],
)
def test_closing_early_is_confirmed_twice(
    client, five, cycle, cluster, national, more, errors
):
    client.force_login(national)
    url = page_of("cycle_close", cycle)
    page = client.get(url)
    seen = {"seen": page.context["form"]["seen"].value()}
    assert cluster.name in words_of(page)
    assert "Clusters that have never submitted: 4" in words_of(page)

    refused = client.post(url, seen | more)
    cycle.refresh_from_db()
    assert (refused.status_code, refused.context["form"].errors) == (422, errors)
    assert cycle.closed_at is None
    done = client.post(url, seen | {"final": "on", "early": "on"})

    cycle.refresh_from_db()
    assert done.url == page_of("cycle_detail", cycle)
    assert cycle.shown_state == "closed"
    text = words_of(client.get(done.url))
    assert "Closed 1 of 5" in text
    assert "Not submitted 4 of 5" in text
    assert "The cycle was closed" in text


def test_after_its_hour_closing_is_confirmed_once(client, cycle, reflection, national):
    Cycle.objects.update(closes_at=timezone.now())
    client.force_login(national)
    url = page_of("cycle_close", cycle)
    form = client.get(url).context["form"]
    assert set(form.fields) == {"seen", "final"}

    client.post(url, {"seen": form["seen"].value(), "final": "on"})

    reflection.refresh_from_db()
    assert reflection.state == State.CLOSED


def test_the_service_asks_whether_it_is_known_to_be_early(cycle, national):
    with pytest.raises(TooEarly):
        services.close_cycle(cycle=cycle, by=national, early_confirmed=False)

    cycle.refresh_from_db()
    assert cycle.closed_at is None


def test_a_cycle_that_was_extended_meanwhile_is_looked_at_again(
    client, cycle, national
):
    hour = timezone.now()
    Cycle.objects.update(closes_at=hour)
    client.force_login(national)
    url = page_of("cycle_close", cycle)
    seen = client.get(url).context["form"]["seen"].value()
    other = UserFactory(name="Officer Two", national_officer=True)
    extend(Cycle.objects.get(), by=other)

    late = client.post(url, {"seen": seen, "final": "on"})

    assert late.status_code == 409
    assert "The cycle was extended: Officer Two" in words_of(late)
    assert set(late.context["form"].fields) == {"seen", "final", "early"}
    cycle.refresh_from_db()
    assert cycle.closed_at is None


@pytest.mark.parametrize("name", ["cycle_open", "cycle_extend", "cycle_close"])
def test_whoever_comes_too_late_is_told_who_closed_it(client, cycle, national, name):
    seen = fingerprint(cycle)
    other = UserFactory(name="Officer Two", national_officer=True)
    services.close_cycle(cycle=cycle, by=other)
    client.force_login(national)
    url = page_of(name, cycle)
    sent = parts("closes", cycle.closes_at + DAY) | {
        "seen": seen,
        "final": "on",
        "early": "on",
        "confirmed": 1,
        "reason_en": "Snow.",
    }

    for response in (client.get(url, follow=True), client.post(url, sent, follow=True)):
        assert response.redirect_chain == [(page_of("cycle_detail", cycle), 302)]
        assert "The cycle was closed: Officer Two" in words_of(response)
    assert [change for *_, change in changes_of(cycle)] == ["closed"]


@pytest.mark.parametrize("name", ["cycle_extend", "cycle_close"])
def test_what_was_not_opened_is_neither_extended_nor_closed(
    client, planned, national, name
):
    client.force_login(national)

    response = client.get(page_of(name, planned), follow=True)

    assert "The cycle has not been opened yet." in words_of(response)


# All of them --------------------------------------------------------------------------------


def test_the_list_says_how_far_each_cycle_is(
    client, edition, cluster, other_cluster, lead, national
):
    now = timezone.now()
    hours = {"edition": edition, "opens_at": now - 9 * DAY}
    planned = CycleFactory(unopened=True, edition=edition, opens_at=now + 9 * DAY)
    over = CycleFactory(closes_at=now, **hours)
    for where in (cluster, other_cluster):
        SelfReflectionFactory(cycle=over, cluster=where)
    closed = CycleFactory(closes_at=now + DAY, **(hours | {"opens_at": now - 99 * DAY}))
    sent, _unsent = (
        SelfReflectionFactory(cycle=closed, cluster=where)
        for where in (cluster, other_cluster)
    )
    start(sent, by=lead)
    submit(sent, by=lead)
    services.close_cycle(cycle=closed, by=national)
    client.force_login(national)

    response = client.get(page_of("cycle_list"))

    assert [
        (counted.cycle, counted.cycle.shown_state, counted.counts)
        for counted in response.context["cycles"]
    ] == [
        (planned, "planned", []),
        (over, "time_over", [("not_started", 2)]),
        (closed, "closed", [("closed", 1), ("not_submitted", 1)]),
    ]


def test_summer_time_is_wales_s(client, edition, national):
    CycleFactory(
        edition=edition,
        opens_at=datetime.datetime(2031, 7, 1, 8, tzinfo=datetime.UTC),
        closes_at=datetime.datetime(2031, 11, 30, 17, tzinfo=datetime.UTC),
    )
    client.force_login(national)

    text = words_of(client.get(page_of("cycle_list")))

    assert "From 1 July 2031, 09:00 until 30 November 2031, 17:00" in text


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, board, edition, national, django_assert_num_queries, count):
    cycles = CycleFactory.create_batch(count, edition=edition)
    for _number in range(count):
        cluster = ClusterFactory(health_board=board)
        UserFactory(lead_of=cluster)
        for cycle in cycles:
            SelfReflectionFactory(cycle=cycle, cluster=cluster)
    unopened = CycleFactory(unopened=True, edition=edition)
    for _number in range(count):
        extend(cycles[0], by=national)
        cycles[0].refresh_from_db()
    client.force_login(national)
    client.get(page_of("cycle_list"))

    # Session, person, memberships, then the page's own.
    with django_assert_num_queries(3 + 2):
        client.get(page_of("cycle_list"))
    with django_assert_num_queries(3 + 6):
        client.get(page_of("cycle_detail", cycles[0]))
    with django_assert_num_queries(3 + 6):
        client.get(page_of("cycle_open", unopened))
    with django_assert_num_queries(3 + 3):
        client.get(page_of("cycle_close", cycles[0]))
    sent = parts("closes", cycles[0].closes_at + DAY) | {
        "reason_cy": "Eira.",
        "seen": fingerprint(cycles[0]),
    }
    with django_assert_num_queries(3 + 3):
        client.post(page_of("cycle_extend", cycles[0]), sent)


def test_queries_of_the_preview_do_not_grow(
    planned, national, django_assert_num_queries
):
    for _number in range(20):
        UserFactory(lead_of=ClusterFactory())

    with django_assert_num_queries(4):
        opening_preview(planned, by=national)


def test_the_way_to_the_cycles(client, cycle, national, administrator, officer):
    found = {}
    for person_ in (national, administrator, officer):
        client.force_login(person_)
        found[person_.email] = (
            client.get("/en/").content.decode().count('"/en/cycles/"')
        )

    assert found == {national.email: 2, administrator.email: 2, officer.email: 0}


# Two at once --------------------------------------------------------------------------------


def pressed(act, *refusals):
    try:
        act()
    except refusals:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_open_at_once_open_once(planned, cluster, lead, national):
    other = UserFactory(national_officer=True)
    seen = opening_preview(planned, by=national).seen

    def opening(by):
        return lambda: pressed(
            lambda: services.open_cycle(cycle=planned, by=person(by), seen=seen),
            CycleChanged,
        )

    results = at_once(*(opening(by) for by in (national, other) * 2))

    assert sorted(results) == [False, False, False, True]
    assert planned.reflections.count() == 1
    assert [change for *_, change in changes_of(planned)] == ["opened"]
    assert len(letters("cycle_opened")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_extend_at_once_extend_once(reflection, lead, national):
    cycle = reflection.cycle
    seen = fingerprint(cycle)

    def extending(days):
        return lambda: pressed(
            lambda: extend(cycle, by=person(national), days=days, seen=seen),
            CycleChanged,
        )

    results = at_once(*(extending(days) for days in (9, 3, 7, 5)))

    assert sorted(results) == [False, False, False, True]
    cycle.refresh_from_db()
    assert CycleExtension.objects.get().closes_at == cycle.closes_at
    assert len(letters("cycle_extended")) == 1


@pytest.mark.django_db(transaction=True)
def test_closing_and_extending_at_once_is_one_of_the_two(reflection, lead, national):
    cycle = reflection.cycle
    seen = fingerprint(cycle)
    start(reflection, by=lead)

    def closing():
        return pressed(
            lambda: services.close_cycle(cycle=cycle, by=person(national), seen=seen),
            CycleChanged,
        )

    def extending():
        return pressed(
            lambda: extend(cycle, by=person(national), seen=seen), CycleChanged
        )

    results = at_once(closing, extending, closing, extending)

    assert sorted(results) == [False, False, False, True]
    cycle.refresh_from_db()
    assert [change for *_, change in changes_of(cycle)] == [
        "closed" if cycle.closed_at else "extended"
    ]


@pytest.mark.django_db(transaction=True)
def test_a_board_and_the_programme_extend_at_once(reflection, lead, officer, national):
    """Whoever is first: the cluster has the later hour, and no hour of its own before it."""
    cycle = reflection.cycle
    closes_at = cycle.closes_at

    def granting():
        return pressed(
            lambda: services.grant_extension(
                reflection=SelfReflection.objects.get(pk=reflection.pk),
                closes_at=closes_at + 3 * DAY,
                reason="Illness.",
                language="en",
                by=person(officer),
            ),
            services.NoExtension,
        )

    at_once(granting, lambda: extend(cycle, by=person(national)), granting)

    reflection = SelfReflection.objects.get(pk=reflection.pk)
    assert (reflection.extended_to, reflection.closes_at) == (
        None,
        closes_at + 7 * DAY,
    )


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_plan_one_code_at_once_plan_one(planned, national):
    def planning():
        return pressed(
            lambda: services.add_cycle(
                code="2031",
                name_cy="C",
                name_en="C",
                edition=planned.edition,
                opens_at=planned.opens_at,
                closes_at=planned.closes_at,
                by=person(national),
            ),
            CodeTaken,
        )

    results = at_once(*[planning] * 4)

    assert sorted(results) == [False, False, False, True]
    assert Cycle.objects.filter(code="2031").count() == 1
