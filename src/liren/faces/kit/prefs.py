"""How somebody likes to read: large type, dark tone. Kept in a cookie on their own device, nowhere else."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

COOKIE = "liren_face"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Prefs:
    """Large type ("care") or not, dark tone or not."""

    mode: Literal["normal", "care"] = "normal"
    tone: Literal["light", "dark"] = "light"

    def as_cookie(self) -> str:
        """What the cookie holds."""
        return f"{self.mode}.{self.tone}"


def of(request: HttpRequest) -> Prefs:
    """The reader's preferences; anything odd in the cookie is the default."""
    mode, _, tone = request.COOKIES.get(COOKIE, "").partition(".")
    return Prefs("care" if mode == "care" else "normal", "dark" if tone == "dark" else "light")
