from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class CdfSiteConfig(AppConfig):
    name = "cdf_site"
    verbose_name = "Cluster development"

    def ready(self):
        # Imported here because Django's registry has to be ready first.
        from cdf_site.common import folding, sessions, triggers  # noqa: PLC0415

        connection_created.connect(folding.teach)
        user_logged_in.connect(sessions.begin)
        pre_migrate.connect(triggers.drop_before_migrate)
        post_migrate.connect(triggers.create_after_migrate)
