"""Drawn photos: flat scenes of what residents send pictures of. Nothing photographed, nobody in them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from liren.site.sample.dice import dice

WIDE, HIGH = 1280, 960
HORIZON = 470

Colour = tuple[int, int, int]


@dataclass(slots=True)
class Canvas:
    """A picture being drawn, its chance, and whether it is night."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    rng: random.Random
    night: bool

    def tone(self, red: int, green: int, blue: int, spread: int = 10) -> Colour:
        """A colour a little off, darker and bluer at night."""
        shift = self.rng.randint(-spread, spread)
        values = [max(0, min(255, value + shift)) for value in (red, green, blue)]
        if self.night:
            values = [round(value * share) for value, share in zip(values, (0.34, 0.36, 0.46), strict=True)]
        return values[0], values[1], values[2]


def draw(class_code: str, *, seed: int, number: int) -> Image.Image:
    """A picture for a class of demand; the same seed and number draw the same picture."""
    rng = dice("scene", seed, number)
    night = class_code == "municipal.street_light" or rng.random() < 0.15
    image = Image.new("RGB", (WIDE, HIGH))
    canvas = Canvas(image, ImageDraw.Draw(image), rng, night)
    paint, ground = BY_CLASS[class_code]
    _backdrop(canvas, ground)
    paint(canvas)
    return _as_photo(canvas)


def _as_photo(canvas: Canvas) -> Image.Image:
    """Grain, and now and then held a little askew or upright."""
    rng = canvas.rng
    photo = Image.blend(canvas.image, _grain(), 0.07)
    if rng.random() < 0.5:
        photo = photo.rotate(rng.uniform(-2.2, 2.2), Image.Resampling.BILINEAR)
    box = (48, 40, WIDE - 48, HIGH - 40)
    if rng.random() < 0.35:
        left = rng.randint(260, 400)
        box = (left, 40, left + 620, HIGH - 40)
    return photo.crop(box)


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    """The noise of a small sensor. Fixed, for Pillow's own noise would make every drawing another one."""
    rng = dice("grain")
    small = Image.frombytes("L", (WIDE // 4, HIGH // 4), rng.randbytes(WIDE * HIGH // 16))
    return small.resize((WIDE, HIGH), Image.Resampling.BILINEAR).convert("RGB")


def _backdrop(canvas: Canvas, ground: str) -> None:
    pen, rng = canvas.pen, canvas.rng
    if ground == "stairs":
        pen.rectangle((0, 0, WIDE, HIGH), fill=canvas.tone(214, 209, 196))
        pen.rectangle((0, 430, WIDE, 640), fill=canvas.tone(120, 158, 132))
        for step in range(7):
            top = 640 + step * 48
            pen.rectangle(
                (0, top, WIDE, top + 48), fill=canvas.tone(150 - step * 6, 148 - step * 6, 142 - step * 6, 3)
            )
            pen.line((0, top, WIDE, top), fill=canvas.tone(96, 94, 90), width=4)
        pen.rectangle((960, 120, 1180, 640), fill=canvas.tone(128, 92, 62))
        pen.rectangle((975, 140, 1165, 640), outline=canvas.tone(96, 66, 44), width=5)
        return
    for y in range(HORIZON):
        shade = 26 * y // HORIZON
        pen.line((0, y, WIDE, y), fill=canvas.tone(176 + shade, 200 + shade, 222 + shade // 2, 0))
    x = -40
    while x < WIDE:
        x = _house(canvas, x)
    road = canvas.tone(122, 122, 124) if ground == "road" else canvas.tone(158, 150, 138)
    pen.rectangle((0, HORIZON, WIDE, HIGH), fill=road)
    pen.polygon(
        ((0, HORIZON), (WIDE, HORIZON), (WIDE, HORIZON + 74), (0, HORIZON + 92)),
        fill=canvas.tone(186, 178, 164),
    )
    if ground == "road":
        for i in range(5):
            left = 60 + i * 270
            pen.polygon(
                ((left, 900), (left + 120, 900), (left + 140, 914), (left + 14, 914)),
                fill=canvas.tone(226, 226, 220),
            )
    else:
        for _ in range(90):
            px, py = rng.randrange(WIDE), rng.randrange(HORIZON + 90, HIGH)
            pen.rectangle((px, py, px + 26, py + 3), fill=canvas.tone(138, 130, 120))


def _house(canvas: Canvas, left: int) -> int:
    pen, rng = canvas.pen, canvas.rng
    right, top = left + rng.randint(210, 360), rng.randint(40, 220)
    base = rng.choice(((198, 178, 152), (188, 188, 184), (204, 164, 140), (214, 206, 186)))
    pen.rectangle((left, top, right, HORIZON + 10), fill=canvas.tone(*base))
    for wy in range(top + 26, HORIZON - 30, 62):
        for wx in range(left + 20, right - 40, 62):
            lit = canvas.night and rng.random() < 0.35
            glass = (238, 208, 128) if lit else canvas.tone(112, 136, 156)
            pen.rectangle((wx, wy, wx + 36, wy + 40), fill=glass, outline=canvas.tone(236, 236, 230), width=3)
    return right + rng.choice((0, 0, 40))


def _blob(canvas: Canvas, x: int, y: int, wide: int, high: int, fill: Colour, bumps: int = 9) -> None:
    pen, rng = canvas.pen, canvas.rng
    for _ in range(bumps):
        dx, dy = rng.randint(-wide // 3, wide // 3), rng.randint(-high // 4, high // 4)
        pen.ellipse(
            (x + dx - wide // 2, y + dy - high // 2, x + dx + wide // 2, y + dy + high // 2), fill=fill
        )


def _bag(canvas: Canvas, x: int, y: int, size: int) -> None:
    colour = canvas.rng.choice(((36, 38, 42), (52, 56, 64), (212, 214, 216), (196, 62, 56), (66, 116, 168)))
    tone = canvas.tone(*colour)
    canvas.pen.ellipse((x - size, y - size, x + size, y + int(size * 0.8)), fill=tone)
    canvas.pen.polygon(
        ((x - size // 4, y - size), (x, y - int(size * 1.45)), (x + size // 4, y - size)), fill=tone
    )
    shine = tuple(min(255, value + 34) for value in tone)
    canvas.pen.arc(
        (x - size // 2, y - size // 2, x + size // 3, y + size // 3), 200, 290, fill=shine, width=6
    )


def _bin(canvas: Canvas, x: int, y: int, colour: Colour) -> None:
    pen = canvas.pen
    pen.polygon(((x, y), (x + 130, y), (x + 116, y + 200), (x + 14, y + 200)), fill=canvas.tone(*colour))
    pen.rectangle(
        (x - 8, y - 16, x + 138, y + 6), fill=canvas.tone(*(max(0, value - 30) for value in colour))
    )
    pen.ellipse((x + 10, y + 190, x + 40, y + 220), fill=canvas.tone(30, 30, 30))
    pen.ellipse((x + 90, y + 190, x + 120, y + 220), fill=canvas.tone(30, 30, 30))


def _car(canvas: Canvas, x: int, y: int, scale: float = 1.0) -> None:
    pen = canvas.pen
    body = canvas.tone(
        *canvas.rng.choice(((208, 210, 212), (40, 42, 48), (150, 30, 34), (46, 78, 120), (236, 236, 232)))
    )

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + px * scale, y + py * scale) for px, py in points]

    pen.polygon(
        at((70, 60), (130, 0), (310, 0), (390, 62), (460, 74), (466, 140), (0, 140), (6, 78)), fill=body
    )
    pen.polygon(at((94, 60), (140, 14), (214, 14), (214, 60)), fill=canvas.tone(120, 146, 164))
    pen.polygon(at((226, 14), (302, 14), (362, 60), (226, 60)), fill=canvas.tone(120, 146, 164))
    for wheel in (60, 330):
        (left, top), (right, bottom) = at((wheel, 96), (wheel + 82, 178))
        pen.ellipse((left, top, right, bottom), fill=canvas.tone(24, 24, 26))
        pen.ellipse(
            (left + 22 * scale, top + 22 * scale, right - 22 * scale, bottom - 22 * scale),
            fill=canvas.tone(150, 150, 152),
        )


def _bike(canvas: Canvas, x: int, y: int) -> None:
    pen = canvas.pen
    frame = canvas.tone(*canvas.rng.choice(((238, 196, 40), (60, 150, 210), (70, 170, 90))))
    for wheel in (0, 150):
        pen.ellipse((x + wheel, y + 60, x + wheel + 96, y + 156), outline=canvas.tone(30, 30, 30), width=7)
    for line in (
        ((48, 108), (90, 40)),
        ((90, 40), (170, 40)),
        ((170, 40), (198, 108)),
        ((48, 108), (120, 108)),
        ((120, 108), (170, 40)),
        ((164, 40), (178, 6)),
    ):
        pen.line([(x + px, y + py) for px, py in line], fill=frame, width=10)
    pen.rectangle((x + 72, y + 26, x + 112, y + 38), fill=canvas.tone(30, 30, 30))


def _box(canvas: Canvas, x: int, y: int, wide: int, high: int) -> None:
    pen = canvas.pen
    pen.rectangle(
        (x, y - high, x + wide, y),
        fill=canvas.tone(186, 144, 92, 16),
        outline=canvas.tone(120, 88, 52),
        width=4,
    )
    pen.rectangle((x + wide // 2 - 9, y - high, x + wide // 2 + 9, y), fill=canvas.tone(206, 176, 126))


def _tree(canvas: Canvas, x: int, y: int, lean: int = 0) -> None:
    canvas.pen.line((x, y, x + lean, y - 330), fill=canvas.tone(96, 72, 50), width=34)
    _blob(canvas, x + lean, y - 400, 300, 240, canvas.tone(70, 118, 62, 18), 14)


def litter(canvas: Canvas) -> None:
    """Bags and scraps by a wall."""
    rng = canvas.rng
    middle = rng.randint(420, 860)
    _blob(canvas, middle, 760, 420, 120, canvas.tone(128, 112, 92), 10)
    for _ in range(rng.randint(9, 16)):
        _bag(canvas, middle + rng.randint(-300, 300), 700 + rng.randint(-50, 110), rng.randint(34, 76))
    for _ in range(60):
        x, y = middle + rng.randint(-460, 460), rng.randint(690, 900)
        canvas.pen.polygon(((x, y), (x + 26, y - 8), (x + 20, y + 12)), fill=canvas.tone(214, 206, 190, 40))


def bins(canvas: Canvas) -> None:
    """A row of bins that overflow."""
    rng = canvas.rng
    colours = ((52, 122, 74), (70, 74, 80), (38, 92, 160), (168, 52, 48))
    for i in range(4):
        x = 230 + i * 210
        for _ in range(4):
            _bag(canvas, x + rng.randint(20, 110), 560 + rng.randint(-30, 20), rng.randint(30, 52))
        _bin(canvas, x, 580, colours[i])
    for _ in range(rng.randint(4, 9)):
        _bag(canvas, rng.randint(200, 1080), rng.randint(820, 880), rng.randint(34, 60))


def flood(canvas: Canvas) -> None:
    """Water standing over a drain."""
    rng, pen = canvas.rng, canvas.pen
    _blob(canvas, 640, 770, 620, 150, canvas.tone(96, 98, 86), 12)
    _blob(canvas, 640, 774, 560, 118, canvas.tone(128, 134, 124), 10)
    x, y = rng.randint(520, 720), 760
    pen.rectangle((x, y, x + 150, y + 70), fill=canvas.tone(58, 58, 60))
    for bar in range(6):
        pen.rectangle((x + 10 + bar * 23, y + 8, x + 22 + bar * 23, y + 62), fill=canvas.tone(24, 24, 26))
    for _ in range(26):
        lx, ly = rng.randint(300, 980), rng.randint(710, 830)
        pen.ellipse((lx, ly, lx + 24, ly + 10), fill=canvas.tone(150, 120, 58, 30))


def manhole(canvas: Canvas) -> None:
    """A cover that is broken, or gone."""
    rng, pen = canvas.rng, canvas.pen
    x, y = rng.randint(500, 720), 730
    pen.ellipse((x - 190, y - 92, x + 190, y + 92), fill=canvas.tone(96, 94, 92))
    pen.ellipse((x - 160, y - 76, x + 160, y + 76), fill=canvas.tone(14, 14, 16, 2))
    if rng.random() < 0.6:
        pen.pieslice((x - 158, y - 74, x + 158, y + 74), 20, 190, fill=canvas.tone(104, 100, 98))
    pen.line((x - 20, y + 30, x + 130, y - 240), fill=canvas.tone(120, 92, 60), width=14)
    pen.polygon(((x + 96, y - 250), (x + 200, y - 220), (x + 120, y - 180)), fill=canvas.tone(206, 46, 40))


def pothole(canvas: Canvas) -> None:
    """A hole in the road and the cracks around it."""
    rng, pen = canvas.rng, canvas.pen
    x, y = rng.randint(480, 780), 740
    _blob(canvas, x, y, 330, 96, canvas.tone(74, 70, 66), 12)
    _blob(canvas, x + 20, y + 12, 230, 60, canvas.tone(104, 96, 84), 8)
    for _ in range(9):
        points = [(x + rng.randint(-160, 160), y + rng.randint(-40, 40))]
        for _ in range(4):
            points.append((points[-1][0] + rng.randint(-90, 90), points[-1][1] + rng.randint(-30, 40)))
        pen.line(points, fill=canvas.tone(60, 58, 56), width=5)


def fire_lane(canvas: Canvas) -> None:
    """Cars on the yellow lines."""
    pen = canvas.pen
    for i in range(-2, 12):
        left = i * 130
        pen.polygon(
            ((left, 900), (left + 26, 900), (left + 166, 640), (left + 140, 640)),
            fill=canvas.tone(226, 184, 40),
        )
    pen.rectangle((0, 896, WIDE, 910), fill=canvas.tone(226, 184, 40))
    for x in sorted(canvas.rng.sample((40, 360, 700), 2)):
        _car(canvas, x, 620, 1.1)


def parking(canvas: Canvas) -> None:
    """Cars wherever there is room, and where there is none."""
    for row, y in enumerate((560, 690)):
        for x in range(-120 + row * 160, WIDE, 400):
            if canvas.rng.random() < 0.9:
                _car(canvas, x + canvas.rng.randint(-20, 20), y, 0.8 + row * 0.2)


def lamp(canvas: Canvas) -> None:
    """A street lamp that stays dark."""
    pen, x = canvas.pen, canvas.rng.randint(500, 760)
    pen.rectangle((x, 120, x + 22, 820), fill=canvas.tone(120, 124, 130))
    pen.line((x + 10, 130, x + 210, 100), fill=canvas.tone(120, 124, 130), width=16)
    pen.ellipse((x + 170, 84, x + 290, 132), fill=canvas.tone(160, 164, 170))
    pen.rectangle((x - 14, 740, x + 36, 830), fill=canvas.tone(90, 94, 100))


def stall(canvas: Canvas) -> None:
    """A stall on the pavement."""
    rng, pen = canvas.rng, canvas.pen
    for x in (180, 620):
        red = canvas.tone(*rng.choice(((196, 62, 52), (52, 120, 170), (60, 140, 84))))
        pen.polygon(((x - 30, 420), (x + 190, 330), (x + 410, 420)), fill=red)
        pen.rectangle((x + 180, 380, x + 196, 720), fill=canvas.tone(150, 150, 150))
        pen.rectangle((x, 640, x + 380, 770), fill=canvas.tone(140, 112, 80))
        for _ in range(46):
            fx, fy = x + rng.randint(10, 350), rng.randint(596, 640)
            pen.ellipse(
                (fx, fy, fx + 30, fy + 28),
                fill=canvas.tone(*rng.choice(((222, 120, 40), (190, 44, 44), (110, 160, 60)))),
            )


def bikes(canvas: Canvas) -> None:
    """Shared bicycles, most of them on their feet."""
    for _ in range(13):
        _bike(canvas, canvas.rng.randint(20, 1020), canvas.rng.randint(520, 760))


def tree(canvas: Canvas) -> None:
    """A tree before the windows, a branch hanging."""
    x = canvas.rng.randint(420, 820)
    _tree(canvas, x, 880, canvas.rng.randint(-90, 90))
    canvas.pen.line((x + 40, 560, x + 260, 700), fill=canvas.tone(96, 72, 50), width=18)
    _blob(canvas, x + 280, 720, 180, 110, canvas.tone(86, 112, 60), 8)


def stairwell(canvas: Canvas) -> None:
    """Boxes and bags on the landing."""
    rng = canvas.rng
    for i in range(7):
        _box(canvas, 120 + i * 108 + rng.randint(-20, 20), 800, rng.randint(110, 170), rng.randint(90, 210))
    for i in range(4):
        _box(canvas, 200 + i * 140, 640 - rng.randint(0, 40), rng.randint(90, 130), rng.randint(70, 130))
    for _ in range(4):
        _bag(canvas, rng.randint(140, 860), 840, rng.randint(40, 60))


def upstairs(canvas: Canvas) -> None:
    """An e-bike charging on the stairs."""
    x = canvas.rng.randint(280, 520)
    for shift in (0, 260):
        _bike(canvas, x + shift, 660)
        canvas.pen.rectangle((x + shift + 84, 716, x + shift + 150, 760), fill=canvas.tone(40, 42, 46))
    points = [(x + 120, 730), (x + 300, 560), (x + 420, 430), (980, 360)]
    canvas.pen.line(points, fill=canvas.tone(26, 26, 28), width=6)


def outside(canvas: Canvas) -> None:
    """Goods and tables in front of a shop."""
    pen, rng = canvas.pen, canvas.rng
    pen.rectangle(
        (120, 180, 1160, 260), fill=canvas.tone(*rng.choice(((186, 44, 40), (30, 96, 130), (54, 120, 70))))
    )
    pen.rectangle((160, 260, 1120, 560), fill=canvas.tone(70, 74, 78))
    for i in range(4):
        x = 120 + i * 270
        pen.ellipse((x, 640, x + 200, 700), fill=canvas.tone(206, 190, 160))
        pen.rectangle((x + 92, 680, x + 108, 800), fill=canvas.tone(90, 90, 92))
        _box(canvas, x + 30, 860, 120, 70)


BY_CLASS: dict[str, tuple[Callable[[Canvas], None], str]] = {
    "sanitation.litter": (litter, "yard"),
    "sanitation.bin_full": (bins, "yard"),
    "municipal.drain": (flood, "road"),
    "municipal.manhole": (manhole, "road"),
    "municipal.road": (pothole, "road"),
    "municipal.street_light": (lamp, "road"),
    "traffic.fire_lane": (fire_lane, "yard"),
    "traffic.parking": (parking, "yard"),
    "order.vendor": (stall, "road"),
    "order.shop_outside": (outside, "road"),
    "order.bikes": (bikes, "road"),
    "green.tree": (tree, "yard"),
    "safety.stairwell": (stairwell, "stairs"),
    "safety.ev_upstairs": (upstairs, "stairs"),
}
