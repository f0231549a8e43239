"""Requests that a script of ours makes, and a person does not see the answer of."""


def by_script(request):
    """Whether the answer is to be JSON."""
    return request.headers.get("Accept") == "application/json"
