"""The WSGI application a server loads."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.site.settings")
application = get_wsgi_application()
# Behind a proxy every visitor would seem to come from one address, and share one limit. Believed only where named.
if os.environ.get("LIREN_PROXIES"):
    application = wrap_wsgi_with_proxy_headers(application, os.environ["LIREN_PROXIES"])
