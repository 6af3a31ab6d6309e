"""The example of docs/protocol.md: what the host's link sends, and what the model of a device answers."""

from cobs import cobs

from allspike.emulator.bus import EmulatorBus
from allspike.link.frames import END, request, stuff
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.link_map import Op
from tests.link.model import Model

NEURON, THRESHOLD = 1, 300


def exchanges() -> list[tuple[str, bytes, bytes]]:
    """Of each request its meaning, itself before COBS, and the answer on the line."""
    model = Model(EmulatorBus(Config(neurons=8, inputs=4)))
    address = dm.NEURON_PARAMS.base + NEURON * dm.PARAMS_BYTES
    asked = [
        ("READ 4 bytes at `identity.magic`", request(0x51, Op.READ, dm.IDENTITY.base, 4)),
        (
            f"WRITE {THRESHOLD} to `threshold` of neuron {NEURON}",
            request(0x52, Op.WRITE, address, 4, THRESHOLD.to_bytes(4, "little")),
        ),
        ("DIGEST of the same 4 bytes", request(0x53, Op.DIGEST, address, 4)),
    ]
    return [(meaning, sent, model.feed(stuff(sent) + END)[0]) for meaning, sent in asked]


def rows() -> list[tuple[str, ...]]:
    """The table: from, before COBS, on the line, meaning."""
    found = [("host", "", _hex(END), "whatever came before ends here")]
    for meaning, sent, answer in exchanges():
        found.append(("host", _hex(sent), _hex(stuff(sent) + END), meaning))
        found.append(("device", _hex(cobs.decode(answer[:-1])), _hex(answer), "DONE"))
    return found


def _hex(data: bytes) -> str:
    return f"`{data.hex(' ')}`"
