"""How many scans a JPEG has: each takes as long as the picture is large, and few bytes. Pure."""

import re

_SCAN, _END = 0xDA, 0xD9
_MOST_SEGMENTS = 10_000  # of a photograph with its profile and previews: some hundred
_ALONE = (0x01, 0xD8)  # markers without a length, between segments
# The next marker: no stuffed byte, no restart inside of a scan, no filling (ITU-T T.81, B.1.1).
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)


def scans_of(content: bytes) -> int:
    """The scans before the end of the first picture: 1 in a baseline JPEG, some 10 in a progressive one.

    Segments are skipped by their lengths, so that thumbnails and what follows the picture do not count.
    Raises ValueError for more segments than any camera writes.
    """
    scans, position = 0, 0
    for _segment in range(_MOST_SEGMENTS):
        marker = _MARKER.search(content, position)
        if marker is None or marker[1][0] == _END:
            return scans
        position = marker.end()
        if marker[1][0] not in _ALONE:
            position += int.from_bytes(content[position : position + 2])
        scans += marker[1][0] == _SCAN
    raise ValueError(f"a JPEG of more than {_MOST_SEGMENTS} segments")
