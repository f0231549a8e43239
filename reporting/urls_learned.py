"""Addresses of what was learned and what changed: the year, then what is done with it."""

from django.urls import path

from reporting.views import learned, learned_editing

app_name = "learned"
urlpatterns = [
    path("", learned.learned_list, name="learned_list"),
    path("begin/", learned_editing.learned_begin, name="learned_begin"),
    path("<int:year>/", learned.learned_detail, name="learned_detail"),
    path("<int:year>/<slug:language>.pdf", learned.learned_pdf, name="learned_pdf"),
    path("<int:year>/edit/", learned_editing.learned_edit, name="learned_edit"),
    path(
        "<int:year>/choose/<slug:source>/",
        learned_editing.learned_choose,
        name="learned_choose",
    ),
    path(
        "<int:year>/publish/", learned_editing.learned_publish, name="learned_publish"
    ),
    path(
        "<int:year>/take-back/",
        learned_editing.learned_take_back,
        name="learned_take_back",
    ),
    path("<int:year>/add/<slug:section>/", learned_editing.entry_add, name="entry_add"),
    path(
        "<int:year>/entries/<int:entry>/", learned_editing.entry_edit, name="entry_edit"
    ),
    path(
        "<int:year>/entries/<int:entry>/arrange/",
        learned_editing.entry_arrange,
        name="entry_arrange",
    ),
    path(
        "<int:year>/entries/<int:entry>/history/",
        learned_editing.entry_history,
        name="entry_history",
    ),
]
