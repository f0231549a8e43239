"""The service's addresses, and an empty page that goes through everything they go through."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from cdf_site.urls import urlpatterns as service_urlpatterns

EMPTY = engines["django"].from_string("")


def empty(request):
    return HttpResponse(EMPTY.render({}, request))


urlpatterns = [
    *i18n_patterns(path("empty/", empty, name="empty")),
    *service_urlpatterns,
]
