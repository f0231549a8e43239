"""Nothing of reporting is in the administration, nor is the queue that it fills.

The page of the queue's package is in English alone. What became of a pack is on its own page, and
the service's log has what went wrong in a task.
"""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)
