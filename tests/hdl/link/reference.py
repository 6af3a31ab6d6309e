"""Frames and a device, in plain Python: what the gateware is compared with."""

import struct
import zlib
from random import Random

from cobs import cobs

from allspike.map.config import Config
from allspike.map.link_map import LINK_REGIONS, MAX_READ, Code, Op, Token
from allspike_hdl.link.regions import REGIONS

HEAD = 7


def sealed(body: bytes) -> bytes:
    """A frame, decoded."""
    return body + struct.pack("<I", zlib.crc32(body))


def on_line(frame: bytes) -> bytes:
    """Its bytes on the line."""
    return cobs.encode(frame) + b"\0"


def request(tag: int, op: int, address: int, rest: bytes = b"", size: int | None = None) -> bytes:
    """A request without its CRC."""
    return struct.pack("<HBI", tag, op, address) + (b"" if size is None else struct.pack("<I", size)) + rest


def stored(body: bytes) -> bytes:
    """A request as the buffer holds it: the length of what follows its head, less 1, before it."""
    return (len(body) - HEAD - 1).to_bytes(2, "little", signed=True) + body


def answer(body: bytes, code: int, data: bytes = b"") -> bytes:
    """The answer to a request, without its CRC."""
    return body[:2] + bytes([code]) + data


def unpacked(tokens: bytes) -> tuple[bytes, bool]:
    """What tokens stand for, and whether none is cut short."""
    found, at = bytearray(), 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token < Token.ZEROS:
            piece = tokens[at : at + token + 1]
            found += piece
            if len(piece) <= token:
                return bytes(found), False
            at += len(piece)
        elif token < Token.REPEAT:
            found += bytes(token - Token.ZEROS + 1)
        else:
            if at == len(tokens):
                return bytes(found), False
            found += tokens[at : at + 1] * (token - Token.REPEAT + 1)
            at += 1
    return bytes(found), True


def packed(rng: Random, data: bytes) -> bytes:
    """Tokens that stand for `data`, in one of many ways."""
    tokens, at = bytearray(), 0
    while at < len(data):
        run = 1
        while at + run < len(data) and data[at + run] == data[at] and run < 64:
            run += 1
        run = rng.randint(1, run)
        choice = rng.randrange(3)
        if choice == 0 and data[at] == 0:
            tokens.append(Token.ZEROS + run - 1)
        elif choice == 1:
            tokens += bytes([Token.REPEAT + run - 1, data[at]])
        else:
            run = min(rng.randint(1, 128), len(data) - at)
            tokens += bytes([run - 1]) + data[at : at + run]
        at += run
    return bytes(tokens)


class Reference:
    """A device whose memory keeps all that is written."""

    def __init__(self, config: Config) -> None:
        self.memory = {region: bytearray(region.size(config)) for region in REGIONS}
        self.refused = 0

    def region_of(self, address: int):
        """The region whose top byte this is, and the offset in it."""
        for region in REGIONS:
            if region.base >> 24 == address >> 24:
                return region, address & 0xFFFFFF
        return None, 0

    def _code(self, address: int, size: int, writes: bool) -> Code:
        region, offset = self.region_of(address)
        if region is None or offset + size > len(self.memory[region]):
            return Code.BAD_ADDRESS
        return Code.READ_ONLY if writes and not region.writable else Code.DONE

    def carry_out(self, body: bytes) -> bytes:
        """The answer to a request."""
        found = self._carry_out(body)
        self.refused += found[2] != Code.DONE
        return found

    def _carry_out(self, body: bytes) -> bytes:
        _, op, address = struct.unpack_from("<HBI", body)
        rest = body[HEAD:]
        bad = answer(body, Code.BAD_REQUEST)
        if op not in list(Op):
            return bad
        if op == Op.WRITE:
            size = len(rest)
        elif len(rest) < 4:
            return bad
        else:
            size, rest = int.from_bytes(rest[:4], "little"), rest[4:]
        if not size or (op == Op.READ and size > MAX_READ):
            return bad
        if (op in (Op.READ, Op.DIGEST) and rest) or (op == Op.WRITE_PACKED and not rest):
            return bad
        writes = op in (Op.WRITE, Op.WRITE_PACKED)
        code = self._code(address, size, writes)
        if code != Code.DONE:
            return answer(body, code)
        region, offset = self.region_of(address)
        memory = self.memory[region]
        if not writes:
            data = bytes(memory[offset : offset + size])
            return answer(body, code, data if op == Op.READ else struct.pack("<I", zlib.crc32(data)))
        if op == Op.WRITE_PACKED:
            rest, whole = unpacked(rest)
            if not whole or len(rest) != size:
                code = Code.BAD_REQUEST
            rest = rest[:size]
        if region not in LINK_REGIONS:
            memory[offset : offset + len(rest)] = rest
        return answer(body, code)
