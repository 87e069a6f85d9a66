"""The bare project's one table, one form and one view. Importable only under the settings of bench.bare."""

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path


class Said(models.Model):
    """What somebody said."""

    words = models.TextField()
    phone = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"


class SaidForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of it."""

    class Meta:
        model = Said
        fields = ("words", "phone")


def say(request: HttpRequest) -> HttpResponse:
    """Show the form; keep what is sent and send the browser on."""
    form = SaidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = form.save()
        return redirect(f"/?said={kept.pk}")
    return render(request, "say.html", {"form": form})


urlpatterns = [path("", say)]
