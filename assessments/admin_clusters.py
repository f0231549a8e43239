"""Renaming, closing, merging and splitting clusters in Django admin.

Here and not with the other organisations, because whether a cluster can close is known by what it
has under way. Each page asks, shows exactly what will happen, and does that or nothing.
"""

from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from assessments.forms.clusters import (
    FEWEST_NEW,
    MOST_NEW,
    DayForm,
    MergeForm,
    NewClusterForm,
    PeopleForm,
    RenameForm,
    sentence,
)
from assessments.selectors.clusters import free_from, left_behind
from organisations import services
from organisations.admin import ClusterAdmin
from organisations.models import Cluster

admin.site.unregister(Cluster)
# What a cluster's page says of what was, where there is something.
PAST = ("former_names", "follows", "is_followed_by")


@dataclass
class Question:
    """One of the acts: its words, its forms, how it is planned and how it is done."""

    title: str
    confirm: str  # the button that does it
    done: str
    forms: list  # the first is a DayForm
    plan: object
    act: object
    cluster: Cluster | None = None
    new_from: int = 1  # the first of ``forms`` that describes a new cluster
    is_optional: bool = False  # the new cluster: only where no other carries on
    people: object = None  # makes the form of who goes where
    people_forms: list = field(default_factory=list)

    @property
    def all_forms(self):
        return [*self.forms, *self.people_forms]


@admin.register(Cluster)
class ChangingClusterAdmin(ClusterAdmin):
    """Clusters, with what becomes of them: names and days of closing change by these pages."""

    change_form_template = "admin/clusters/change_form.html"
    change_list_template = "admin/clusters/change_list.html"
    actions = ("merge_chosen",)

    def get_fields(self, request, obj=None):
        fields = list(super().get_fields(request, obj))
        if obj is None:
            return [name for name in fields if name != "closed_on"]
        return fields + [name for name in PAST if getattr(self, name)(obj)]

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        fields = (
            *fields,
            *("name_cy", "name_en", "closed_on"),
            *PAST,
        )
        # What a board reads of past cycles would move with its clusters.
        return (*fields, "health_board") if obj.reflections.exists() else fields

    @admin.display(description=gettext_lazy("former names"))
    def former_names(self, cluster):
        return format_html_join(
            "",
            "<div>{}</div>",
            (
                (
                    _("%(name)s (until %(date)s)")
                    % {
                        "name": former.name_cy
                        if get_language() == "cy"
                        else former.name_en,
                        "date": date_format(
                            timezone.localtime(former.renamed_at), "j F Y, H:i"
                        ),
                    },
                )
                for former in cluster.former_names.all()
            ),
        )

    @admin.display(description=gettext_lazy("follows"))
    def follows(self, cluster):
        rows = cluster.earlier_successions.filter(is_direct=True)
        return _successions(rows.select_related("predecessor"), "predecessor")

    @admin.display(description=gettext_lazy("is followed by"))
    def is_followed_by(self, cluster):
        rows = cluster.later_successions.filter(is_direct=True)
        return _successions(rows.select_related("successor"), "successor")

    @admin.action(
        permissions=["change"], description=pgettext_lazy("clusters", "Merge…")
    )
    def merge_chosen(self, request, queryset):
        chosen = urlencode([("of", pk) for pk in queryset.values_list("pk", flat=True)])
        return HttpResponseRedirect(
            f"{reverse('admin:organisations_cluster_merge')}?{chosen}"
        )

    def get_urls(self):
        pages = [
            ("merge/", self.merge, "merge"),
            ("<int:pk>/rename/", self.rename, "rename"),
            ("<int:pk>/close/", self.close, "close"),
            ("<int:pk>/split/", self.split, "split"),
        ]
        return [
            path(
                route,
                self.admin_site.admin_view(view),
                name=f"organisations_cluster_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    # The pages --------------------------------------------------------------------------

    def rename(self, request, pk):
        """Give a cluster other names, from now on."""
        cluster = self._cluster(request, pk)
        names = {"name_cy": cluster.name_cy, "name_en": cluster.name_en}
        form = RenameForm(request.POST or None, initial=names)
        if request.method == "POST" and form.is_valid():
            try:
                services.rename_cluster(
                    cluster=cluster, by=request.user, **form.cleaned_data
                )
            except (services.NameMissing, services.NothingNew) as error:
                form.add_error(None, sentence(error))
            else:
                messages.success(request, _("The cluster has its new name."))
                return redirect("admin:organisations_cluster_change", pk)
        return self._draw(
            request,
            "admin/clusters/rename.html",
            title=_("Rename the cluster"),
            cluster=cluster,
            forms=[form],
        )

    def close(self, request, pk):
        """Close a cluster that no other follows."""
        cluster = self._cluster(request, pk)
        form = DayForm(request.POST or None)

        def arguments():
            return {"cluster": cluster, "on": form.cleaned_data["on"]}

        return self._ask(
            request,
            Question(
                title=_("Close the cluster"),
                confirm=_("Close the cluster"),
                done=_("It is written down on which day the cluster closes."),
                forms=[form],
                plan=lambda: services.plan_closing(**arguments(), free_from=free_from),
                act=lambda **how: services.close_cluster(**arguments(), **how),
                cluster=cluster,
            ),
        )

    def merge(self, request):
        """Make one of several clusters."""
        self._authorise(request)
        offered = _open_clusters()
        chosen = {pk for pk in request.GET.getlist("of") if pk.isdecimal()}
        boards = {each.health_board_id for each in offered if str(each.pk) in chosen}
        if boards:
            offered = [each for each in offered if each.health_board_id in boards]
        first = next((each for each in offered if str(each.pk) in chosen), None)
        form = MergeForm(
            offered, request.POST or None, initial={"clusters": sorted(chosen)}
        )
        new = NewClusterForm(
            first.health_board if first and len(boards) == 1 else None,
            request.POST if request.method == "POST" and form.is_new else None,
            prefix="new",
            like=first,
        )

        def arguments():
            return {
                "clusters": form.chosen(),
                "into": form.carries_on() or new.cluster(),
                "on": form.cleaned_data["on"],
            }

        return self._ask(
            request,
            Question(
                title=_("Merge clusters"),
                confirm=_("Merge the clusters"),
                done=_("The merger is written down, and people's roles with it."),
                forms=[form, new],
                plan=lambda: services.plan_merger(**arguments(), free_from=free_from),
                act=lambda **how: services.merge_clusters(**arguments(), **how),
                is_optional=not form.is_new,
            ),
        )

    def split(self, request, pk):
        """Make several clusters of one, and say who goes where."""
        cluster = self._cluster(request, pk)
        form = DayForm(request.POST or None)
        new = [
            NewClusterForm(
                cluster.health_board,
                request.POST or None,
                prefix=f"new-{number}",
                like=cluster,
                empty_permitted=number >= FEWEST_NEW,
                use_required_attribute=number < FEWEST_NEW,
            )
            for number in range(MOST_NEW)
        ]

        def described():
            return [each.cluster() for each in new if each.has_changed()]

        def people():
            was_asked = {"preview", "confirm"} & set(request.POST) or any(
                name.startswith("person-") for name in request.POST
            )
            return PeopleForm(
                services.people_of([cluster]),
                [each.cluster.name for each in described()],
                request.POST if was_asked else None,
            )

        def arguments():
            return {
                "cluster": cluster,
                "into": described(),
                "on": form.cleaned_data["on"],
                "goes_to": question.people_forms[0].goes_to(),
            }

        question = Question(
            title=_("Split the cluster"),
            confirm=_("Split the cluster"),
            done=_("The split is written down, and people's roles with it."),
            forms=[form, *new],
            plan=lambda: services.plan_split(**arguments(), free_from=free_from),
            act=lambda **how: services.split_cluster(**arguments(), **how),
            cluster=cluster,
            people=people,
        )
        return self._ask(request, question)

    # What they share ----------------------------------------------------------------------

    def _authorise(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied("Clusters are changed by administrators")

    def _cluster(self, request, pk):
        self._authorise(request)
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _ask(self, request, question):
        """The questions, then exactly what will happen, then what came of it."""
        if request.method != "POST" or not self._are_valid(question):
            return self._form(request, question)
        if question.people:
            question.people_forms = [question.people()]
        if "back" in request.POST:
            return self._form(request, question)
        try:
            if question.people and (
                "people" in request.POST or not question.people_forms[0].is_valid()
            ):
                # The day is looked at before anybody is asked where everybody goes.
                self._refuse_day(question)
                return self._people(request, question)
            if "confirm" in request.POST:
                question.act(
                    by=request.user,
                    free_from=free_from,
                    seen=request.POST.get("seen", ""),
                )
                messages.success(request, question.done)
                return redirect("admin:organisations_cluster_changelist")
            plan, is_changed = question.plan(), False
        except services.PlanChanged as changed:
            plan, is_changed = changed.plan, True
        except services.CodeTaken as error:
            question.forms[question.new_from].add_error("code", sentence(error))
            return self._form(request, question)
        except services.Refused as error:
            question.forms[0].refuse(error)
            return self._form(request, question)
        return self._preview(request, question, plan, is_changed)

    def _are_valid(self, question):
        forms = question.forms[:1] if question.is_optional else question.forms
        are_valid = [form.is_valid() for form in forms]
        codes = [
            form.cleaned_data.get("code")
            for form in forms[question.new_from :]
            if form.is_valid() and form.has_changed()
        ]
        if len(set(codes)) < len(codes):
            forms[-1].add_error(None, sentence(services.CodeTaken()))
            return False
        return all(are_valid)

    def _refuse_day(self, question):
        services.plan_closing(
            cluster=question.cluster,
            on=question.forms[0].cleaned_data["on"],
            free_from=free_from,
        )

    def _form(self, request, question):
        return self._draw(
            request,
            "admin/clusters/questions.html",
            title=question.title,
            cluster=question.cluster,
            forms=question.forms[: question.new_from],
            new_forms=question.forms[question.new_from :],
            hidden_forms=question.people_forms,
            is_split=bool(question.people),
        )

    def _people(self, request, question):
        return self._draw(
            request,
            "admin/clusters/people.html",
            title=question.title,
            cluster=question.cluster,
            forms=question.people_forms,
            hidden_forms=question.forms,
        )

    def _preview(self, request, question, plan, is_changed):
        return self._draw(
            request,
            "admin/clusters/preview.html",
            title=question.title,
            cluster=question.cluster,
            plan=plan,
            board=plan.closing[0].health_board,
            left=left_behind(plan.closing, plan.on),
            is_changed=is_changed,
            confirm=question.confirm,
            hidden_forms=question.all_forms,
            is_split=bool(question.people),
        )

    def _draw(self, request, template, **context):
        forms = context.get("forms", ()), context.get("new_forms", ())
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "has_errors": any(form.errors for some in forms for form in some),
                **context,
            },
        )


def _open_clusters():
    """The clusters that have no day on which they close, board by board."""
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    return list(
        Cluster.objects.filter(closed_on=None)
        .select_related("health_board")
        .order_by(f"health_board__{sort}", "health_board", sort, "pk")
    )


def _successions(rows, other):
    """The clusters at the other end, with the kind and the day."""
    return format_html_join(
        "",
        "<div>{}</div>",
        (
            (
                format_html(
                    '<a href="{}">{}</a> ({}, {})',
                    reverse(
                        "admin:organisations_cluster_change",
                        args=[getattr(row, other).pk],
                    ),
                    getattr(row, other).name,
                    row.get_kind_display(),
                    date_format(row.effective_on, "j F Y"),
                ),
            )
            for row in rows
        ),
    )
