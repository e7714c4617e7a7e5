"""Contrast of two colours as the Web Content Accessibility Guidelines define it."""

import re

READABLE = 4.5  # for text


def rgb(colour):
    """Red, green and blue of a colour as browsers write it, like ``rgb(1, 2, 3)``."""
    return [float(value) for value in re.findall(r"[\d.]+", colour)[:3]]


def luminance(colour):
    """Relative luminance, 0 to 1, of a colour whose parts are 0 to 255."""
    parts = [value / 255 for value in colour]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Ratio of two colours, 1 to 21."""
    dark, light = sorted(luminance(colour) + 0.05 for colour in (one, other))
    return light / dark
