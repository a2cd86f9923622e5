"""Reads the CBOR that PROTOCOL.md allows, and nothing else: RFC 8949, section 4.2.1, without tags inside, floats and null."""

from dataclasses import dataclass

import cbor2


class Refused(Exception):
    """The document refuses these bytes. The message says why."""


@dataclass(frozen=True)
class Limits:
    """What is allowed beyond section 4.2.1. The usual values are those of COSE headers."""

    bytes: int
    items: int
    levels: int  # of values in one another, the outermost being the first; also a number is one
    keys_are_items: bool = True
    negative_keys: bool = True
    truths: bool = False
    tags: bool = False
    utf8: bool = True  # False: text that nobody reads need not be UTF-8


FRAME = Limits(bytes=1200, items=32, levels=4, tags=True)
PAYLOAD = Limits(bytes=1200, items=128, levels=4, negative_keys=False, utf8=False)
COMMAND = Limits(bytes=4096, items=32768, levels=8, keys_are_items=False, truths=True)
ANSWER = Limits(bytes=65536, items=32768, levels=8, keys_are_items=False, truths=True)


@dataclass(frozen=True)
class NotUtf8:
    """A text that is none."""

    encoded: bytes


@dataclass(frozen=True)
class Tagged:
    tag: int
    value: object


def decode(data, limits):
    """One value and nothing after it: int, bytes, str, bool, list, dict or Tagged."""
    if len(data) > limits.bytes:
        raise Refused(f"{len(data)} bytes; at most {limits.bytes} are allowed")
    reader = _Reader(data, limits)
    value = reader.item(1)
    if reader.at != len(data):
        raise Refused(f"{len(data) - reader.at} bytes after the value, at byte {reader.at}")
    if not limits.tags and limits.utf8 and cbor2.loads(data) != value:  # a second opinion
        raise AssertionError("cbor2 reads another value from the same bytes: a defect of this program")
    return value


class _Reader:
    def __init__(self, data, limits):
        self.data, self.limits, self.at, self.items = data, limits, 0, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Refused(f"ends within a value that begins before byte {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def head(self):
        """Major type and argument, the latter in its shortest form."""
        at = self.at
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            if self.limits.truths and info in (20, 21):
                return major, info
            raise Refused(f"a float or simple value at byte {at}")
        if info < 24:
            return major, info
        if info > 27:
            raise Refused(f"an indefinite length or a reserved head at byte {at}")
        argument = int.from_bytes(self.take(1 << (info - 24)), "big")
        if argument < (24, 1 << 8, 1 << 16, 1 << 32)[info - 24]:
            raise Refused(f"a head that is not the shortest at byte {at}")
        if argument >= 1 << 63:
            raise Refused(f"a number of more than 63 bits at byte {at}")
        return major, argument

    def count(self):
        self.items += 1
        if self.items > self.limits.items:
            raise Refused(f"more than {self.limits.items} items")

    def item(self, level):
        at = self.at
        if level > self.limits.levels:
            raise Refused(f"more than {self.limits.levels} levels at byte {at}")
        self.count()
        major, argument = self.head()
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major == 2:
            return self.take(argument)
        if major == 3:
            return self.text(self.take(argument), at)
        if major == 7:
            return argument == 21
        if major == 6 and not self.limits.tags:
            raise Refused(f"a tag at byte {at}")
        if major == 6:
            return Tagged(argument, self.item(level))
        if major == 4:
            return [self.item(level + 1) for _ in range(argument)]
        return self.map(argument, level + 1)

    def text(self, encoded, at):
        try:
            return encoded.decode("utf-8")
        except UnicodeDecodeError:
            if self.limits.utf8:
                raise Refused(f"text that is not UTF-8 at byte {at}") from None
            return NotUtf8(encoded)

    def key(self):
        at = self.at
        major, argument = self.head()
        if major > 1 or (major == 1 and not self.limits.negative_keys):
            raise Refused(f"a key of another type at byte {at}")
        if self.limits.keys_are_items:
            self.count()
        return -1 - argument if major else argument

    def map(self, count, level):
        found, last = {}, b""
        for _ in range(count):
            at = self.at
            key = self.key()
            encoded = self.data[at : self.at]
            if encoded <= last:
                raise Refused(f"a key that is not above the one before it at byte {at}")
            last = encoded
            found[key] = self.item(level)
        return found
