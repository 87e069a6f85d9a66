"""The decoding process: locked in, ended when it takes too much, never believed; and the scanner's port."""

import io
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base.files import decoding, rules, scanner
from liren.kernel.errors import Refused, Throttled
from tests.base import files_samples as samples

CONFINED = (
    "import sys, os, socket\nsys.path.insert(0, sys.argv[1])\n"
    "from liren.base.files.child.confine import confine\nconfine(cpu_seconds=1)\n"
)
PHOTO = samples.photo()


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", CONFINED + program, decoding.SOURCE]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("open('/etc/passwd')", "OSError"),
        ("open('/tmp/liren-escape', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("socket.create_connection(('127.0.0.1', 80))", "OSError"),
        ("os.pipe()", "OSError"),
        ("bytearray(1100 * 1024 * 1024)", "MemoryError"),
        ("confine.__globals__['resource'].setrlimit(7, (64, 64))", "ValueError"),
        ("os.execv('/bin/sh', ['sh', '-c', 'echo escaped'])", ""),
        ("import wave", "OSError"),
    ],
)
def test_the_decoder_can_open_nothing_and_grow_no_further(attempt: str, error: str) -> None:
    stopped = "except Exception as error:\n    print(type(error).__mro__)\n"
    ended = run(f"try:\n    {attempt}\n{stopped}else:\n    print('ESCAPED')")
    assert "escaped" not in ended.stdout.lower()
    assert error in ended.stdout
    assert not Path("/tmp/liren-escape").exists()


def test_the_decoder_is_nobody_when_the_server_is_root() -> None:
    assert run("print(os.geteuid())").stdout.strip() != "0"


def instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(decoding, "COMMAND", (sys.executable, "-I", "-c", program, decoding.SOURCE))


def refusal(data: bytes = PHOTO) -> str:
    with pytest.raises(Refused) as caught:
        decoding.decode(data, "image/jpeg")
    return caught.value.code


def test_a_decoder_that_spins_is_ended_by_its_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, CONFINED + "while True: pass")
    began = time.monotonic()
    assert refusal() == "file.broken"
    assert time.monotonic() - began < 8


def test_a_decoder_that_sleeps_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "SECONDS", 0.5)
    instead(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    assert refusal(PHOTO * 20) == "file.broken"  # more than a pipe holds: the writer hangs, too
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("end", ["os.abort()", "os.kill(os.getpid(), 11)", "os._exit(0)"])
def test_a_decoder_that_crashes_is_a_plain_refusal(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    instead(monkeypatch, f"import os; {end}")
    assert refusal() == "file.broken"


def test_a_decoder_that_cannot_start_is_not_blamed_on_the_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    instead(monkeypatch, "raise ImportError('no Pillow here')")
    with caplog.at_level(logging.WARNING):
        assert refusal() == "file.scanner_down"
    assert "ended with 1" in caplog.text


def test_a_decoder_that_never_stops_talking_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_ANSWER", 100_000)
    instead(monkeypatch, "import sys\nwhile True: sys.stdout.buffer.write(bytes(65536))")
    assert refusal() == "file.broken"


def framed(head: object, rest: bytes = b"") -> bytes:
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "big") + text + rest


JPEG, WEBP = b"\xff\xd8\xff" + b"x" * 5 + b"\xff\xd9", b"RIFF\0\0\0\0WEBPx"
GOOD = {"media_type": "image/jpeg", "width": 5, "height": 5, "sizes": [len(JPEG), len(WEBP)]}


def test_a_good_answer_is_believed() -> None:
    assert decoding._believed(framed(GOOD, JPEG + WEBP), "image/png").width == 5


@pytest.mark.parametrize(
    ("answer", "sent_as"),
    [
        (framed(GOOD | {"media_type": "text/html"}, JPEG + WEBP), "image/jpeg"),
        (framed(GOOD | {"sizes": [len(JPEG) - 1, len(WEBP)]}, JPEG + WEBP), "image/jpeg"),
        (framed(GOOD | {"sizes": [-1, 18]}, JPEG + WEBP), "image/jpeg"),
        (framed(GOOD | {"width": True}, JPEG + WEBP), "image/jpeg"),
        (framed(GOOD | {"height": 99_999}, JPEG + WEBP), "image/jpeg"),
        (framed(GOOD, b"<script>xx" + WEBP), "image/jpeg"),
        (framed(GOOD, JPEG + b"<script>alert"), "image/jpeg"),
        (framed(GOOD, JPEG + WEBP), "application/pdf"),
        (framed({"media_type": rules.WORD, "width": 0, "height": 0, "sizes": [0, 0]}), "application/pdf"),
        (
            framed({"media_type": rules.PDF, "width": 0, "height": 0, "sizes": [2, 0]}, b"MZ"),
            "application/pdf",
        ),
        (framed({"refused": "<b>words</b>"}), "image/jpeg"),
        (framed({"refused": ["list"]}), "image/jpeg"),
        (framed([1]), "image/jpeg"),
        (framed(None), "image/jpeg"),
        (b"\xff\xff\xff\xff", "image/jpeg"),
    ],
)
def test_a_lying_decoder_gains_nothing(answer: bytes, sent_as: str) -> None:
    with pytest.raises(Refused, match=r"file\.broken"):
        decoding._believed(answer, sent_as)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_answer_raises_anything_but_a_refusal(noise: bytes) -> None:
    for answer in (noise, len(noise).to_bytes(4, "big") + noise):
        with pytest.raises(Refused):
            decoding._believed(answer, "image/jpeg")


def test_when_all_decoders_are_busy_one_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "SLOTS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(decoding, "PATIENCE", 0.05)
    with decoding.SLOTS, pytest.raises(Throttled) as caught:
        decoding.decode(PHOTO, "image/jpeg")
    assert (caught.value.code, caught.value.retry_after) == ("file.busy", 10)
    assert decoding.decode(PHOTO, "image/jpeg").width == 640  # the slot was given back


def tried(data: bytes) -> None:
    """Through sniffing and decoding: fine or Refused, nothing else."""
    try:
        found = rules.media_type(data)
        if found == rules.TEXT:
            rules.plain_text(data)
        else:
            decoding.decode(data, found)
    except Refused:
        pass


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_sniffed_or_refused(data: bytes) -> None:
    try:
        if rules.media_type(data) == rules.TEXT:
            rules.plain_text(data)
    except Refused:
        pass


@given(
    st.sampled_from([first for first, _ in rules.TAKEN] + [b"\0\0\0\x18ftypheic", b"RIFF\0\0\0\0WEBP"]),
    st.binary(max_size=300),
)
@settings(max_examples=8, deadline=None)
def test_noise_behind_a_true_header_is_refused(first: bytes, noise: bytes) -> None:
    tried(first + noise)


@given(
    st.lists(st.tuples(st.integers(0, len(PHOTO) - 1), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 400),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_photo_is_cleaned_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(PHOTO)
    for place, value in changes:
        data[place] = value
    tried(bytes(data[: len(data) - cut]))


class FakeClamd:
    """Answers INSTREAM as clamd does, finding what contains the test signature."""

    SIGNATURE = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "clamd.sock")
        self.received = b""
        self.answer: bytes | None = None
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self.address)
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            with link, link.makefile("rb") as lines:
                assert lines.read(10) == b"zINSTREAM\0"
                data = io.BytesIO()
                while length := int.from_bytes(lines.read(4), "big"):
                    data.write(lines.read(length))
                self.received = data.getvalue()
                verdict = (
                    b"stream: Eicar-Signature FOUND\0" if self.SIGNATURE in self.received else b"stream: OK\0"
                )
                link.sendall(self.answer if self.answer is not None else verdict)

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def clamd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeClamd]:
    fake = FakeClamd(tmp_path)
    monkeypatch.setenv("LIREN_CLAMD", fake.address)
    yield fake
    fake.close()


def test_the_scanner_sees_every_byte_and_finds_its_test_file(clamd: FakeClamd) -> None:
    clean = bytes(range(256)) * 10_000
    scanner.scan(clean)
    assert clamd.received == clean
    with pytest.raises(Refused, match=r"file\.virus"):
        scanner.scan(b"x" + FakeClamd.SIGNATURE)


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"\xff\xfe", b"stream: OK FOUND OK\0"]
)
def test_a_confused_scanner_refuses(clamd: FakeClamd, answer: bytes) -> None:
    clamd.answer = answer
    with pytest.raises(Refused, match=r"file\.scanner_down"):
        scanner.scan(b"harmless")


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "localhost", "[::1]:1"])
def test_a_scanner_that_is_set_but_gone_refuses(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("LIREN_CLAMD", address)
    with pytest.raises(Refused, match=r"file\.scanner_down"):
        scanner.scan(b"harmless")


def test_without_a_scanner_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIREN_CLAMD", raising=False)
    scanner.scan(FakeClamd.SIGNATURE)
