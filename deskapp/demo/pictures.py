"""Small files that customers and agents attach: drawn pictures of cloth with a flaw, and one-page documents."""

import random
import struct
import zlib
from functools import cache

WIDTH, HEIGHT = 320, 240
CLOTHS = {"moss": (86, 105, 72), "slate": (72, 92, 116), "rust": (158, 88, 58), "oat": (208, 194, 166)}


@cache
def photo(cloth: str, seed: int) -> bytes:
    """A PNG of woven cloth with a pale tear across it."""
    chance = random.Random(seed)
    red, green, blue = CLOTHS[cloth]
    start, lean, width = chance.randint(60, 200), chance.uniform(-0.6, 0.6), chance.randint(3, 8)
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)  # the filter of this line: none
        tear = start + lean * y + 6 * ((y * 7919) % 5 - 2)
        for x in range(WIDTH):
            weave = ((x ^ y) & 3) * 5 - (x * y % 7) - y // 12
            pale = 70 if abs(x - tear) < width and 50 < y < 190 else 0
            rows += bytes(max(0, min(255, part + weave + pale)) for part in (red, green, blue))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(bytes(rows), 6)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def document(*lines: str) -> bytes:
    """A PDF of one page, with `lines` in Helvetica (ASCII only: the font is not embedded)."""
    words = "".join(f"({_escaped(line)}) Tj T* " for line in lines)
    stream = f"BT /F1 12 Tf 18 TL 72 760 Td {words}ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    pdf, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(pdf)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
