"""WGS-84, GCJ-02 (the state's shifted coordinates) and BD-09 (Baidu's second shift), in degrees, as (lat,
lon).

Liren keeps WGS-84. The shift is published nowhere; these are the constants every open implementation
shares. The inverse is found as a fixed point of the forward shift, exact to far below a millimetre.
"""

import math

_AXIS = 6378245.0  # Krasovsky 1940, metres
_ECCENTRICITY = 0.00669342162296594323  # squared
_BAIDU_TURN = math.pi * 3000.0 / 180.0
_STEPS = 30
_CLOSE = 1e-12  # degrees, a ten-thousandth of a millimetre


def _abroad(lat: float, lon: float) -> bool:
    """Whether the shift does not apply: the usual box around the country."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def _wave(value: float, *parts: tuple[float, float]) -> float:
    """Sum of sines of the value in half turns, two thirds of each amplitude."""
    return sum(size * math.sin(value * math.pi * turn) for size, turn in parts) * 2.0 / 3.0


def _shift(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    ripple = _wave(x, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += _wave(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += _wave(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    angle = math.radians(lat)
    bulge = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (bulge * math.sqrt(bulge))
    parallel = _AXIS / math.sqrt(bulge) * math.cos(angle)
    return math.degrees(north / meridian), math.degrees(east / parallel)


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02; outside the country nothing moves."""
    if _abroad(lat, lon):
        return lat, lon
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def from_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 to WGS-84, the exact inverse of `to_gcj02`."""
    if _abroad(lat, lon):
        return lat, lon
    guess_lat, guess_lon = lat, lon
    for _ in range(_STEPS):
        north, east = _shift(guess_lat, guess_lon)
        next_lat, next_lon = lat - north, lon - east
        done = abs(next_lat - guess_lat) < _CLOSE and abs(next_lon - guess_lon) < _CLOSE
        guess_lat, guess_lon = next_lat, next_lon
        if done:
            break
    return guess_lat, guess_lon


def _baidu(lat: float, lon: float) -> tuple[float, float]:
    distance = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU_TURN)
    return distance * math.sin(angle) + 0.006, distance * math.cos(angle) + 0.0065


def to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 to BD-09, by way of GCJ-02."""
    return _baidu(*to_gcj02(lat, lon))


def from_bd09(lat: float, lon: float) -> tuple[float, float]:
    """BD-09 to WGS-84, the exact inverse of `to_bd09`."""
    middle_lat, middle_lon = lat - 0.006, lon - 0.0065
    for _ in range(_STEPS):
        ahead_lat, ahead_lon = _baidu(middle_lat, middle_lon)
        off_lat, off_lon = lat - ahead_lat, lon - ahead_lon
        middle_lat, middle_lon = middle_lat + off_lat, middle_lon + off_lon
        if abs(off_lat) < _CLOSE and abs(off_lon) < _CLOSE:
            break
    return from_gcj02(middle_lat, middle_lon)
