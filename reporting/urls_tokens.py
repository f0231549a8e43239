"""Addresses of personal tokens, in the account's area, and of what programs read with them."""

from django.urls import path

from reporting.views import tokens

app_name = "tokens"
urlpatterns = [
    path("account/tokens/", tokens.token_list, name="token_list"),
    path("account/tokens/make/", tokens.token_make, name="token_make"),
    path(
        "account/tokens/<int:personal_token>/revoke/",
        tokens.token_revoke,
        name="token_revoke",
    ),
    path("programs/", tokens.api_guide, name="api_guide"),
]
