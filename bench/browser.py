"""A browser without a network: calls a WSGI application and says how much CPU the application took.

The request is made ready before the clock starts and the answer is read after it stopped, so that what is
measured is the server's work, not the measuring.
"""

import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from itertools import count
from typing import Any
from urllib.parse import urlencode

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
BOUNDARY = "----liren7MA4YWxkTrZu0gW"
HOST = "localhost"

# every browser calls from an address of its own, so that no limit per address stops the measuring
_ADDRESSES = (f"10.0.{n // 250}.{n % 250 + 1}" for n in count())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the CPU seconds of this process it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cpu: float


@dataclass(slots=True)
class Browser:
    """Keeps cookies, as a browser does."""

    application: Application
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = field(default_factory=lambda: next(_ADDRESSES))

    def get(self, address: str) -> Answer:
        """Fetch a page."""
        return self._call("GET", address, b"", "")

    def post(self, address: str, fields: Mapping[str, str]) -> Answer:
        """Send a plain form."""
        return self._call("POST", address, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def post_parts(self, address: str, fields: Mapping[str, str], photo: bytes | None = None) -> Answer:
        """Send a form that may carry a photo; without one its file field goes out empty, as browsers do."""
        mark = f"--{BOUNDARY}\r\n".encode()
        parts = [
            mark + f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        named = "photo.jpg" if photo else ""
        kind = "image/jpeg" if photo else "application/octet-stream"
        head = f'Content-Disposition: form-data; name="photos"; filename="{named}"\r\nContent-Type: {kind}\r\n\r\n'
        parts += [mark, head.encode(), photo or b"", f"\r\n--{BOUNDARY}--\r\n".encode()]
        return self._call("POST", address, b"".join(parts), f"multipart/form-data; boundary={BOUNDARY}")

    def _call(self, method: str, address: str, body: bytes, kind: str) -> Answer:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
        }
        begun: list[Any] = []
        started = time.process_time()
        answer = self.application(environ, lambda status, headers, *_: begun.extend((status, headers)))
        content = b"".join(answer)
        answer.close()
        cpu = time.process_time() - started
        for name, value in begun[1]:
            if name.lower() == "set-cookie":
                self.cookies |= {each.key: each.value for each in SimpleCookie(value).values()}
        told = {name.lower(): value for name, value in begun[1]}
        return Answer(int(begun[0].split()[0]), told, content, cpu)


class Form(HTMLParser):
    """What a browser would send if the form with this id (or the first one with a text box) were submitted as it is."""

    def __init__(self, page: bytes, *, holding: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._holding, self._open, self._box = holding, {}, ""  # type: tuple[str, dict[str, str], str]
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the value a field is shown with."""
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self._open = {}
        elif tag == "textarea":
            self._box = name
            self._open[name] = ""
        elif tag == "input" and name:
            kind = said.get("type", "text")
            ticked = kind not in {"radio", "checkbox"} or "checked" in said
            if ticked and kind != "file":
                self._open[name] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        """The words in a text box."""
        if self._box:
            self._open[self._box] += data

    def handle_endtag(self, tag: str) -> None:
        """Keep the form that was asked for."""
        if tag == "textarea":
            self._box = ""
        if tag == "form" and self._holding in self._open and not self.fields:
            self.fields = self._open


def form(page: bytes, *, holding: str) -> dict[str, str]:
    """The fields of the first form of a page that has a field of this name, as they are shown."""
    found = Form(page, holding=holding).fields
    if not found:
        raise ValueError(f"no form with a field {holding}")
    return dict(found)
