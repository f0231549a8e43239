"""What administrators may do in Django admin."""

from django.contrib.auth.backends import BaseBackend

# What clusters write is not among them, and is registered in no admin.
ADMINISTERED_APPS = {"organisations", "frameworks", "notifications", "assessments"}


class AdministratorBackend(BaseBackend):
    """Gives administrators Django's permissions on what is registered in the admin."""

    def has_perm(self, user, permission, obj=None):
        return (
            user.is_active
            and user.is_administrator
            and permission.split(".")[0] in ADMINISTERED_APPS
        )

    def has_module_perms(self, user, app_label):
        return (
            user.is_active and user.is_administrator and app_label in ADMINISTERED_APPS
        )
