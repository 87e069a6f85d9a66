"""The public addresses: a month is part of the address, so that a figure can be cited."""

from django.urls import path, re_path

from liren.faces.public.views import cases, ground, month

urlpatterns = [
    path("", month.latest, name="open"),
    re_path(r"^(?P<month>[0-9]{4}-[0-9]{2})$", month.month, name="open_month"),
    path("cases", cases.listed, name="open_cases"),
    path("cases.csv", cases.table, name="open_cases_csv"),
    path("map", ground.ground, name="open_map"),
]
