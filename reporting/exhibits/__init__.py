"""Every exhibit of the dashboard, by its key: a function from a ``Page`` to an ``Exhibit``."""

from reporting.exhibits import distribution
from reporting.exhibits.base import AGREED, OWN, Exhibit, Page, numbered

EXHIBITS = {module.KEY: module.load for module in (distribution,)}

__all__ = ["AGREED", "EXHIBITS", "OWN", "Exhibit", "Page", "numbered"]
