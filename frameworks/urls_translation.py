"""Addresses for translators: what is left, the texts side by side, and files that go out and back."""

from django.urls import include, path

from frameworks import views_translation, views_translation_files

app_name = "translation"

section_urls = [
    path("", views_translation.translation_section, name="translation_section"),
    path("check/", views_translation.translation_check, name="translation_check"),
]
edition_urls = [
    path("", views_translation.translation_edition, name="translation_edition"),
    path("next/", views_translation.translation_next, name="translation_next"),
    path("files/", views_translation_files.translation_files, name="translation_files"),
    path(
        "files/download/",
        views_translation_files.translation_download,
        name="translation_download",
    ),
    path(
        "files/<int:upload>/",
        views_translation_files.translation_preview,
        name="translation_preview",
    ),
    path("<slug:section>/", include(section_urls)),
]
urlpatterns = [
    path("", views_translation.translation_list, name="translation_list"),
    path("<slug:edition>/", include(edition_urls)),
]
