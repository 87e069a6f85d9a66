"""Photos: what comes out shows the same scene and says nothing else."""

import io
import time
import zipfile

import pytest
from PIL import Image, ImageCms

from liren.base.files import decoding, rules
from liren.base.files.child.verdict import Clean
from liren.kernel.errors import Refused
from tests.base import files_samples as samples


def cleaned(data: bytes) -> Clean:
    return decoding.decode(data, rules.media_type(data))


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        cleaned(data)
    return caught.value.code


def opened(clean: Clean) -> Image.Image:
    return Image.open(io.BytesIO(clean.body))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_and_tells_nothing(orientation: int) -> None:
    sent = samples.photo(orientation)
    assert all(secret in sent for secret in samples.SECRETS)  # the sample is what it should be
    assert samples.latitude_bytes(sent)
    clean = cleaned(sent)
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 640, 480)
    for body in (clean.body, clean.thumb):
        assert not [secret for secret in samples.SECRETS if secret in body]
        assert not samples.latitude_bytes(body)
        for corner, colour in samples.corners(body).items():
            assert samples.near(colour, samples.SCENE[corner]), (corner, colour)
    assert not opened(clean).getexif()
    assert Image.open(io.BytesIO(clean.thumb)).format == "WEBP"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_read_upright_and_stripped(orientation: int) -> None:
    exif = samples.telling_exif(orientation)
    sent = samples.saved(samples.scene(orientation), "HEIF", quality=90, exif=exif.tobytes())
    assert b"PhoneMaker" in sent
    clean = cleaned(sent)
    assert (clean.width, clean.height) == (640, 480)
    for corner, colour in samples.corners(clean.body).items():
        assert samples.near(colour, samples.SCENE[corner]), (corner, colour)
    assert not [secret for secret in samples.SECRETS if secret in clean.body + clean.thumb]


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "I;16"), ("WEBP", "RGB"), ("GIF", "P")])
def test_other_formats_become_jpeg(form: str, mode: str) -> None:
    picture = Image.new("I;16", (300, 200), 30_000) if mode == "I;16" else Image.new(mode, (300, 200))
    clean = cleaned(samples.saved(picture, form))
    assert opened(clean).format == "JPEG"
    assert (clean.width, clean.height) == (300, 200)
    if mode == "RGBA":  # all transparent: white, not black
        assert samples.near(opened(clean).getpixel((100, 100)), (255, 255, 255), 3)
    if mode == "I;16":  # 30,000 of 65,535 is a middle grey, not white
        assert samples.near(opened(clean).convert("RGB").getpixel((100, 100)), (117, 117, 117), 4)


def test_cmyk_and_foreign_profiles_become_srgb() -> None:
    cmyk = samples.saved(Image.new("CMYK", (200, 200), (0, 255, 255, 0)), "JPEG")
    assert opened(cleaned(cmyk)).mode == "RGB"
    broken_profile = samples.photo(icc_profile=b"not a profile")
    assert cleaned(broken_profile).width == 640
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert cleaned(samples.photo(icc_profile=xyz)).width == 640


def test_a_moving_picture_keeps_its_first_frame() -> None:
    frames = [Image.new("RGB", (120, 80), colour) for colour in (samples.RED, samples.BLUE)]
    sent = samples.saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert samples.near(opened(cleaned(sent)).getpixel((60, 40)), samples.RED)


def test_a_large_photo_is_shrunk_and_fits_its_thumbnail() -> None:
    clean = cleaned(samples.saved(samples.scene(6, 4000, 3000), "JPEG", exif=samples.telling_exif(6)))
    assert (clean.width, clean.height) == (2560, 1920)
    assert opened(clean).size == (2560, 1920)
    assert max(Image.open(io.BytesIO(clean.thumb)).size) == 480
    assert samples.near(samples.corners(clean.body)["top", "left"], samples.RED)


def test_a_very_narrow_picture_keeps_a_pixel() -> None:
    clean = cleaned(samples.saved(Image.new("RGB", (1, 9000)), "PNG"))
    assert (clean.width, clean.height) == (1, 2560)


def test_a_pixel_bomb_is_refused_before_it_unfolds() -> None:
    bomb = samples.png_bomb()
    assert len(bomb) < 200_000
    began = time.monotonic()
    assert refusal(bomb) == "file.pixels"
    assert time.monotonic() - began < 2


def test_a_gif_frame_beyond_its_screen_is_refused() -> None:
    """A tiny logical screen, then a frame of 60,000 × 60,000: Pillow would grow the picture to it."""
    screen = b"GIF89a" + (10).to_bytes(2, "little") * 2 + b"\x80\0\0" + bytes(6)
    frame = b"," + bytes(4) + (60_000).to_bytes(2, "little") * 2 + b"\0\x02\x02D\x01\0;"
    assert refusal(screen + frame) in {"file.pixels", "file.broken"}


@pytest.mark.parametrize("part", [4, 100, 1000, 0.5, 0.9])
def test_a_photo_cut_short_is_refused(part: float) -> None:
    sent = samples.photo()
    assert refusal(sent[: int(len(sent) * part) if part < 1 else int(part)]) == "file.broken"


PAYLOAD = b"<script>alert('polyglot')</script>"


def polyglots() -> dict[str, bytes]:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as package:
        package.writestr("polyglot.html", PAYLOAD)
    gif = samples.saved(Image.new("P", (60, 40)), "GIF")
    png = samples.saved(Image.new("RGB", (60, 40)), "PNG")
    return {
        "jpeg with a zip behind": samples.photo() + hidden.getvalue(),
        "jpeg with a page in its comment": samples.photo(comment=PAYLOAD),
        "gif with a script behind": gif + PAYLOAD,
        "png with a script behind": png + PAYLOAD,
    }


@pytest.mark.parametrize("name", polyglots())
def test_of_two_files_in_one_only_the_pixels_stay(name: str) -> None:
    sent = polyglots()[name]
    assert b"polyglot" in sent
    clean = cleaned(sent)
    for body in (clean.body, clean.thumb):
        assert b"polyglot" not in body
        assert b"PK\x03\x04" not in body


def test_a_header_before_a_script_is_no_picture() -> None:
    assert refusal(b"GIF89a/*" + PAYLOAD + b"*/=1;") in {"file.broken", "file.pixels"}
    assert refusal(b"\xff\xd8\xff\xe0" + PAYLOAD) == "file.broken"


def test_a_jpeg_that_calls_itself_png_by_its_first_bytes_is_refused() -> None:
    assert refusal(b"\x89PNG\r\n\x1a\n" + samples.photo()) == "file.broken"
