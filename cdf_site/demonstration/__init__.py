"""An invented Wales to try the service with; loaded by ``manage.py load_demonstration``.

Only the accounts are named here, so that the sign-in page can list them without knowing of
self-reflections; ``loading`` writes everything.
"""

from cdf_site.demonstration.accounts import ACCOUNTS, PASSWORD, demonstration_accounts

__all__ = ["ACCOUNTS", "PASSWORD", "demonstration_accounts"]
