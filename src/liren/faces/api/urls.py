"""The API's addresses, version 1."""

from django.urls import URLPattern, URLResolver

from liren.faces.api.cases import router as cases
from liren.faces.api.door import api
from liren.faces.api.registers import router as registers
from liren.faces.api.webhooks import router as webhooks

api.add_router("", registers)
api.add_router("/cases", cases)
api.add_router("/webhooks", webhooks)

urlpatterns: list[URLPattern | URLResolver] = list(api.urls[0])
app_name = "api"
for pattern in urlpatterns:
    if isinstance(pattern, URLPattern):
        # each operation asks for its scope; the view around them is open to see
        pattern.callback.duty = "anyone"  # type: ignore[attr-defined]
