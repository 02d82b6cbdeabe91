"""The small file system inside old Office files. [MS-CFB] version 3 and 4. Pure; reads only what is there, however it is chained."""

import struct

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # from here on a number of a sector means something else


def streams_of(content: bytes) -> dict[str, bytes]:
    """Name -> content of every stream; storages are there too, empty. Raises ValueError, IndexError or struct.error when damaged."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("unknown sizes of sectors")
    size = 1 << shift
    count, first_directory = struct.unpack_from("<I", content, 44)[0], struct.unpack_from("<I", content, 48)[0]
    cutoff, first_mini = struct.unpack_from("<I", content, 56)[0], struct.unpack_from("<I", content, 60)[0]
    table = _table(content, size, count)
    directory = _chain(content, table, first_directory, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    small_table = _numbers(_chain(content, table, first_mini, size))
    small = b""
    found: dict[str, bytes] = {}
    for entry in entries:
        length, kind = struct.unpack_from("<H", entry, 64)[0], entry[66]
        name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
        start, bytes_of = struct.unpack_from("<I", entry, 116)[0], struct.unpack_from("<I", entry, 120)[0]
        if kind == 5:  # the root: its content holds the small streams
            small = _chain(content, table, start, size)
        elif kind == 2 and bytes_of < cutoff:
            found.setdefault(name, _small(small, small_table, start)[:bytes_of])
        elif kind == 2:
            found.setdefault(name, _chain(content, table, start, size)[:bytes_of])
        elif kind == 1:
            found.setdefault(name, b"")
    return found


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _sector(content: bytes, number: int, size: int) -> bytes:
    return content[(number + 1) * size : (number + 2) * size]


def _table(content: bytes, size: int, count: int) -> tuple[int, ...]:
    """Which sector follows which."""
    places = list(_numbers(content[76:512]))
    following, more = struct.unpack_from("<II", content, 68)
    seen = 0
    while following < _LAST and seen < more and seen < 1000:
        numbers = _numbers(_sector(content, following, size))
        places.extend(numbers[:-1])
        following = numbers[-1]
        seen += 1
    used = [number for number in places if number < _LAST][:count]
    return _numbers(b"".join(_sector(content, number, size) for number in used))


def _chain(content: bytes, table: tuple[int, ...], start: int, size: int) -> bytes:
    """A stream, sector by sector; a chain that bites its tail is damage."""
    parts, at = [], start
    while at < _LAST:
        parts.append(_sector(content, at, size))
        if len(parts) > len(table):
            raise ValueError("a chain without end")
        at = table[at]
    return b"".join(parts)


def _small(small: bytes, table: tuple[int, ...], start: int) -> bytes:
    parts, at = [], start
    while at < _LAST:
        parts.append(small[at * 64 : at * 64 + 64])
        if len(parts) > len(table):
            raise ValueError("a chain without end")
        at = table[at]
    return b"".join(parts)
