"""Photos: decoded, turned upright, shrunk, brought to sRGB, written anew with nothing but pixels in them."""

import io
import warnings

from PIL import GifImagePlugin, Image, ImageCms, ImageFile, JpegImagePlugin, MpoImagePlugin, PngImagePlugin
from PIL import WebPImagePlugin as WebP

from liren.base.files.child.verdict import Clean, Unfit

MAX_PIXELS = 50_000_000
LONG_SIDE = 2560
THUMB_SIDE = 480
ORIENTATION = 0x0112
# EXIF 2.32 table 6: what has to be done to the stored pixels to see the scene as it was.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Named so that they are loaded before the process is confined: afterwards nothing can be imported.
DECODERS = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebP)
SHRINKABLE = {"L", "LA", "RGB", "RGBA", "CMYK"}
SRGB = ImageCms.createProfile("sRGB")

Image.preinit()
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def clean(data: bytes, form: str) -> Clean:
    """A fresh JPEG of at most 2560 pixels and a WebP thumbnail of at most 480, of the first frame.

    `form` is Pillow's name of the one format that is tried. Raises Unfit: file.pixels, file.broken.
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=[form])
        if picture.width * picture.height > MAX_PIXELS:
            raise Unfit("file.pixels")
        picture.draft(picture.mode, _within(picture.size, LONG_SIDE))
        picture.load()
        fresh = _fresh(picture, upright=form == "HEIF")
        return Clean("image/jpeg", _jpeg(fresh), _thumbnail(fresh), fresh.width, fresh.height)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("file.pixels") from None


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    factor = min(1.0, side / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _fresh(picture: Image.Image, *, upright: bool) -> Image.Image:
    """Only the pixels: shrunk first (what is small is cheap), then flattened, coloured and turned."""
    orientation = 1 if upright else _orientation(picture)  # the HEIF decoder has turned it already
    profile = picture.info.get("icc_profile")
    small = _shrinkable(picture)
    small = small.resize(_within(small.size, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = _coloured(_flat(small), profile)
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    # A new picture has no comment, profile or EXIF that could be written along.
    fresh = Image.new("RGB", small.size)
    fresh.paste(small)
    return fresh


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # broken EXIF is no reason to refuse the photo: it is thrown away anyway
        return 1


def _shrinkable(picture: Image.Image) -> Image.Image:
    if picture.mode in SHRINKABLE:
        return picture
    if picture.mode.startswith("I"):  # 16 bits a channel: keep the upper 8, Pillow would clip to white
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info else "RGB")


def _flat(picture: Image.Image) -> Image.Image:
    """Transparent parts become white: a JPEG knows no transparency."""
    if picture.mode not in {"LA", "RGBA"}:
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return paper


def _coloured(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB, so that the profile (which can name the device) need not be kept."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None  # a wrong profile costs a little colour, not the photo
        if turned is not None:
            return turned
    return picture.convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, progressive=True)
    return out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.resize(_within(picture.size, THUMB_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=75, method=2)
    return out.getvalue()
