"""Every face on one port."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("liren.faces.resident.urls")),
    path("desk/", include("liren.faces.staff.urls")),
    path("api/v1/", include("liren.faces.api.urls")),
    path("open/", include("liren.faces.public.urls")),
    path("lead/", include("liren.faces.lead.urls")),
    path("me/language", set_language, name="set_language"),
]
