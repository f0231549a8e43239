"""The public pages of a draft, for those who write it: as everybody will see them."""

from functools import wraps

from django.shortcuts import redirect

from frameworks import views, views_logic_models
from frameworks.models import Edition
from organisations.permissions import Permission, authorise


def drafts(request):
    """The drafts, for whoever may see them; nobody else learns which there are."""
    authorise(request.user, Permission.TRANSLATE)
    return Edition.objects.filter(status=Edition.Status.DRAFT)


def previewed(view):
    """A public page, looked up among the drafts; once published, it leads to the public one."""

    @wraps(view)
    def preview(request, edition, **where):
        among = drafts(request)
        if Edition.objects.exclude(pk__in=among).filter(code=edition).exists():
            name = f"frameworks:{request.resolver_match.url_name}"
            return redirect(name, edition=edition, **where)
        return view(request, edition, among=among, **where)

    preview.login_required = True  # the public page asks for nobody's name
    return preview


edition_detail = previewed(views.edition_detail)
module_detail = previewed(views.module_detail)
outcome_detail = previewed(views.outcome_detail)
module_logic_model = previewed(views_logic_models.module_logic_model)
outcome_logic_model = previewed(views_logic_models.outcome_logic_model)


def public_page(request, **where):
    """Lead to a page that is the same for a draft: what changed, or what is published now."""
    return redirect(f"frameworks:{request.resolver_match.url_name}", **where)
