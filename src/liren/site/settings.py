"""Django settings. Everything an office may set is an environment variable LIREN_*, described in docs/operate.md."""

import os
import secrets
from pathlib import Path
from typing import Any

from liren.site.database import database

SOURCE: Path = Path(__file__).resolve().parent.parent

# Everything Liren keeps is under one folder, for its own user only: database, files, keys, the office's own packs.
HOME = Path(os.environ.get("LIREN_HOME") or "var").resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret_key() -> str:
    """Made once per installation, readable by its owner only; never in the repository."""
    kept = HOME / "secret_key"
    if not kept.exists():
        try:
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return kept.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return kept.read_text().strip()


SECRET_KEY = os.environ.get("LIREN_SECRET_KEY") or _secret_key()
DEBUG = os.environ.get("LIREN_DEBUG") == "1"
ALLOWED_HOSTS = [
    host.strip() for host in (os.environ.get("LIREN_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")
]
# Behind HTTPS (every real installation) cookies are marked secure and HSTS is sent.
HTTPS = os.environ.get("LIREN_HTTPS") == "1"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "liren.base.ledger",
    "liren.base.vault",
    "liren.base.jobs",
    "liren.base.access",
    "liren.base.files",
    "liren.base.search",
    "liren.base.backup",
    "liren.registers.places",
    "liren.registers.people",
    "liren.registers.duties",
    "liren.registers.channels",
    "liren.registers.advice",
    "liren.registers.knowledge",
    "liren.cases",
    "liren.rooms.intake",
    "liren.rooms.forum",
    "liren.bridges.exchange",
    "liren.bridges.imports",
    "liren.bridges.reporting",
    "liren.faces.kit",
    "liren.faces.resident",
    "liren.faces.staff",
    "liren.faces.public",
    "liren.faces.lead",
    "liren.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liren.faces.kit.tracing.one_line",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "liren.faces.kit.middleware.content_security",
    "liren.faces.kit.middleware.one_ground",
    "liren.faces.kit.middleware.acting_person",
    "liren.faces.kit.middleware.PlainErrors",
]

ROOT_URLCONF = "liren.site.urls"
WSGI_APPLICATION = "liren.site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "liren.faces.kit.context.office",
            ],
        },
    }
]

DATABASES = {"default": database(HOME)}
AUTH_USER_MODEL = "access.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("LIREN_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "liren.faces.resident.views.home.lost_form"
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# A demand may be long and carry several photos; each photo is limited again where it is decoded.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# figures of a month are entered in one form: a cell for each community and thing asked
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

FILE_UPLOAD_HANDLERS = [
    "liren.faces.kit.uploading.Measured",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

TASKS = {"default": {"BACKEND": "liren.base.jobs.backend.LirenBackend"}}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Letters to staff by the office's own mail server, where LIREN_MAIL=smtp; until then they are files.
EMAIL_HOST = os.environ.get("LIREN_MAIL_HOST") or "localhost"
EMAIL_PORT = int(os.environ.get("LIREN_MAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("LIREN_MAIL_USER") or ""
EMAIL_HOST_PASSWORD = os.environ.get("LIREN_MAIL_PASSWORD") or ""
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("LIREN_MAIL_FROM") or "liren@localhost"

# Lines of the log name places in the program, never words, names or secrets of people: see logbook.py.
LOG_LEVEL = (os.environ.get("LIREN_LOG_LEVEL") or "warning").upper()
if LOG_LEVEL not in {"INFO", "WARNING", "ERROR"}:
    raise ValueError(f"LIREN_LOG_LEVEL is info, warning or error, not {LOG_LEVEL.lower()}")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": f"liren.site.logbook.{'Plain' if os.environ.get('LIREN_LOG') == 'plain' else 'Lines'}"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "liren": {"level": LOG_LEVEL},
        "django": {"handlers": [], "level": "WARNING"},
        # what somebody asked for that is not there is no fault of ours
        "django.request": {"handlers": [], "level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
