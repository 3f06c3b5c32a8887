"""The HTTP API, the live feed and the page's shell: the only place that imports flask."""

from mailpit_py.api.app import Application, create_app

__all__ = ["Application", "create_app"]
