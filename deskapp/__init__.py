"""The project: plugs the apps together; no app imports it."""

from deskapp.celery import app as celery_app

__all__ = ["celery_app"]
