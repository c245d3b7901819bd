"""A figure for a manuscript: the run's own picture, set to the size it has on a page.

Nothing is drawn again. The outlines of an SVG are told another width, and get a title and a
description that a screen reader speaks; the dots of a PNG are told how many go into a metre.
"""

import re
import struct
import zlib
from xml.sax.saxutils import escape

POINTS = 72 / 25.4
# The room on a page of A4 in millimetres, width and height: upright, and on its side.
UPRIGHT, SIDEWAYS = (170, 235), (240, 160)
# Our figures are drawn with text of 12 points; below 7 nobody reads it, and the page is turned.
DRAWN_TEXT, LEAST_TEXT = 12, 7
OPENING = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"([^>]*>)')
SIGNATURE = 8
METRE = 1000


def fit_page(width: float, height: float) -> tuple[float, float]:
    """The size in millimetres of a picture of some points, as large as a page allows.

    A picture is never enlarged. It stands upright on the page unless its text would be too small
    there and larger on a page that lies on its side.

    Examples
    --------
    >>> fit_page(170 * POINTS, 100 * POINTS)
    (170.0, 100.0)
    >>> fit_page(480 * POINTS, 240 * POINTS)
    (240.0, 120.0)
    """
    upright, sideways = (
        min(1.0, room[0] * POINTS / width, room[1] * POINTS / height)
        for room in (UPRIGHT, SIDEWAYS)
    )
    turned = upright * DRAWN_TEXT < LEAST_TEXT
    scale = max(upright, sideways) if turned else upright
    return round(width / POINTS * scale, 1), round(height / POINTS * scale, 1)


def fit_picture(svg: str, title: str, alt: str) -> tuple[str, tuple[float, float]]:
    """An SVG at its size in print, with words for who does not see it; and that size.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, its width and height in points.
    title, alt : str
        What a screen reader speaks.
    """
    start, width, height, rest = OPENING.search(svg).groups()
    size = fit_page(float(width), float(height))
    words = f"\n <title>{escape(title)}</title>\n <desc>{escape(alt)}</desc>"
    opening = f'{start}role="img" width="{size[0]}mm" height="{size[1]}mm"{rest}{words}'
    return OPENING.sub(lambda _: opening, svg, count=1), size


def set_dots(png: bytes, width: float) -> bytes:
    """A PNG that prints at a width in millimetres: the same dots, and how many go into a metre."""
    chunks, place = [], SIGNATURE
    while place < len(png):
        length = struct.unpack(">I", png[place : place + 4])[0] + 12
        chunks.append(png[place : place + length])
        place += length
    kept = [chunk for chunk in chunks if chunk[4:8] != b"pHYs"]
    dots = round(struct.unpack(">I", kept[0][8:12])[0] * METRE / width)
    body = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    size = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:SIGNATURE] + b"".join([kept[0], size, *kept[1:]])
