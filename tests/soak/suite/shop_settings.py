"""The settings of the Django shop, read from the environment as in production."""

from os import environ
from pathlib import Path

from django import VERSION

ROOT = Path(environ["SOAK_QUEUE"])
SECRET_KEY = "x"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
DATABASES: dict[str, object] = {}
ROOT_URLCONF = "shop"
USE_TZ = True
HOST, PORT = environ.get("EMAIL_HOST", "localhost"), int(environ.get("EMAIL_PORT", "25"))
USER, PASSWORD = environ.get("EMAIL_HOST_USER", ""), environ.get("EMAIL_HOST_PASSWORD", "")
BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if VERSION >= (6, 1):
    MAILERS = {
        "default": {"BACKEND": BACKEND, "OPTIONS": {"host": HOST, "port": PORT, "username": USER, "password": PASSWORD}}
    }
else:
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = BACKEND, HOST, PORT, USER, PASSWORD
DEFAULT_FROM_EMAIL = "Shop <shop@acme.test>"

CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT = "broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(ROOT / "queue"),
    "data_folder_out": str(ROOT / "queue"),
    "control_folder": str(ROOT / "control"),
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
