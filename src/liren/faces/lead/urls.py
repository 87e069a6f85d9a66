"""The leader's addresses."""

from django.urls import path

from liren.faces.lead import views

urlpatterns = [path("", views.today, name="lead")]
