"""The only settings module: what differs between machines is an environment variable.

A default is safe for production; development says so itself, in an ignored ``.env``.
Each variable is explained in ``.env.example``.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")  # the environment itself counts first

# Where we are -----------------------------------------------------------------------
CDF_MODE = env("CDF_MODE", default="production")
if CDF_MODE not in {"production", "development"}:
    raise ImproperlyConfigured("CDF_MODE is 'production' or 'development'.")
PRODUCTION = CDF_MODE == "production"
DEBUG = env.bool("DEBUG", default=False)
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)

SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it in the environment to a long random text; "
        "for development, script/setup writes one into .env."
    )
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"]
)
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set. Set it to the service's host names, with commas between."
    )
if PRODUCTION and (DEBUG or DEMONSTRATION):
    raise ImproperlyConfigured("DEBUG and DEMONSTRATION are for development only.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What it is made of -----------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",  # before the admin, whose forms it translates
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "crispy_forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "rules.apps.AutodiscoverRulesConfig",
    "cdf_site",
    "organisations",
    "frameworks",
    "notifications",
    "assessments",
    "peerreview",
    "reporting",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cdf_site.middleware.refuse_unreadable_requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cdf_site.middleware.AcceptFormsSentAgain",  # before Django's check of the token
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cdf_site.middleware.LimitSessions",
    "cdf_site.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cdf_site.middleware.keep_out_of_caches",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "cdf_site.urls"
WSGI_APPLICATION = "cdf_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["cdf_site.templatetags.interface"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cdf_site.context_processors.interface",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["nhsuk"]
CRISPY_TEMPLATE_PACK = "nhsuk"
CRISPY_FAIL_SILENTLY = False

# The database -----------------------------------------------------------------------
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
    )
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # services say what belongs together
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: with SQLite's own default, writers that first read are refused ("database
    # is locked"). FULL: an acknowledged answer survives a power cut, not only a crash.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# People and passwords ---------------------------------------------------------------
AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "organisations.backends.AdministratorBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
# Whoever writes thinks, reads and is called away: an hour without a sign of them is short enough
# for a surgery's shared computer, and what they typed outlives it. Half a day, then a password
# again, covers the longest meeting and never a night. (ASVS 7.3.1 and 7.3.2.)
SESSION_IDLE_SECONDS = 60 * 60
SESSION_ABSOLUTE_SECONDS = SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "cdf_site.errors.csrf_failure"

# A name and an address together are locked, so that nobody can lock a colleague out by
# knowing their name, nor one person's mistakes a whole health board behind one address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # what the form calls it; the model says "email"
AXES_CLIENT_IP_CALLABLE = "cdf_site.common.addresses.client_address"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "organisations.views.locked_out"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # AuditEvent holds the sign-ins
AXES_SENSITIVE_PARAMETERS = ["password"]

# Security ---------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 2  # no form has more than one
# A file goes to the disk while it arrives, and no further than is taken of it.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "cdf_site.common.uploads.StopAtMostBytes",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Languages and time -----------------------------------------------------------------
LANGUAGE_CODE = (
    "en"  # not en-gb, whose addresses would be 404; dates: FORMAT_MODULE_PATH
)
LANGUAGES = [("cy", _("Welsh")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["cdf_site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"
MODELTRANSLATION_DEFAULT_LANGUAGE = "cy"  # the framework's official language
MODELTRANSLATION_LANGUAGES = ("cy", "en")
# No silent fallback: a missing translation is seen as missing, and publishing asks for both.
MODELTRANSLATION_ENABLE_FALLBACKS = False
JQUERY_UI_URL = "jquery-ui/jquery-ui.min.js"

# Work in the background -------------------------------------------------------------
# Its queue is in the database; ``manage.py db_worker`` does it, in as many processes as wanted.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Files ------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "build" / "static"]  # beside what the apps hold
STATIC_ROOT = BASE_DIR / "build" / "collected"
TESTING = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files of evidence: never under a static address, served by a view to those who may see them.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env("EVIDENCE_ROOT", default=str(BASE_DIR / "evidence")),
            "base_url": None,
            "file_permissions_mode": 0o600,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Documents that were made: all of them can be made again. Where several machines make them, a
# folder that they share. Served by views to those who may see what they show.
DOCUMENTS_ROOT = env("DOCUMENTS_ROOT", default=str(BASE_DIR / "documents"))

# Messages and logs ------------------------------------------------------------------
# The address of the service in what it sends. Never taken from a request: whoever sends one could
# put another host's name there, and a link with a secret would lead to them.
SERVICE_URL = env("SERVICE_URL", default="").rstrip("/")
if PRODUCTION and not SERVICE_URL and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "SERVICE_URL is not set. Where ALLOWED_HOSTS holds *, it cannot be guessed: set it to "
        "the service's address with https://."
    )
SERVICE_URL = SERVICE_URL or (
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://127.0.0.1:8000"
)
EMAIL_URL = env("EMAIL_URL", default="")
if DEMONSTRATION:  # nothing leaves the machine; what would have is on the page "outbox"
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
elif EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = env(
        "EMAIL_BACKEND",
        default="notifications.backends.NotSetUpBackend"
        if PRODUCTION
        else "django.core.mail.backends.console.EmailBackend",
    )
EMAIL_TIMEOUT = 10  # seconds: somebody waits
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)  # how long a link works
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Links that are secrets stand in addresses, and addresses in warnings.
    "formatters": {"masked": {"()": "cdf_site.common.masking.MaskingFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}},
}
