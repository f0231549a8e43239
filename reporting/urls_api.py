"""Addresses that programs read, which are in no language."""

from reporting.api.service import urlpatterns as addresses_of_the_interface

app_name = "api"
urlpatterns = [*addresses_of_the_interface()]
