"""The bare thing beside Liren: one table, one form, one POST that writes one row and sends the browser on.

Django as `startproject` leaves it for a public form (sessions, CSRF, common headers), with the very database
settings Liren has. Runs as a process of its own and answers on stdin: a line with a number n makes n POSTs
and prints their CPU seconds as a JSON list.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from bench.browser import Browser

PAGE = """<!doctype html><title>Say</title><form method="post">{% csrf_token %}
<textarea name="words">{{ form.words.value|default:"" }}</textarea>
<input name="phone"><button>Send</button>{{ form.errors }}</form>"""
WORDS = "和园小区3号楼门口的下水道又堵了，污水漫到楼道口，老人出门都要绕着走"


def configure(home: Path) -> None:
    """Settings of the bare project."""
    from liren.site.database import database

    settings.configure(
        SECRET_KEY="bare",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="bench.bare_site",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"say.html": PAGE})],
                    "context_processors": ["django.template.context_processors.request"],
                },
            }
        ],
        DATABASES={"default": database(home)},
        USE_TZ=True,
        LANGUAGE_CODE="zh-hans",
    )
    django.setup()


def main() -> None:
    """Make the table, warm up, answer."""
    with tempfile.TemporaryDirectory() as home:
        configure(Path(home))
        from django.core.wsgi import get_wsgi_application
        from django.db import connection

        from bench.bare_site import Said

        with connection.schema_editor() as editor:
            editor.create_model(Said)
        browser = Browser(get_wsgi_application())
        page = browser.get("/").body.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        fields = {"csrfmiddlewaretoken": found[1], "words": WORDS, "phone": "14200001234"}
        for line in sys.stdin:
            taken: list[Any] = []
            for _ in range(int(line)):
                answer = browser.post("/", fields)
                assert answer.status == 302, answer.body
                taken.append(answer.cpu)
            print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()
