"""Trials of a board's bitstream: it says what it is, and runs a network that learns."""

from typing import Any

from allspike.emulator.bus import EmulatorBus
from allspike.errors import AllspikeError
from allspike.map import device_map as dm
from allspike_boards.build import Plan

from ...equivalence_rtl.compare import disagreement
from . import learning
from .families import chip_of
from .powered import Powered, answering


def apart(planned: Plan, port: Powered) -> str | None:
    """Where the device behind a port, just powered on, and the emulator part; None if they do not.

    Raises
    ------
    AllspikeError
        If the device does not answer.
    """
    with answering(port) as bus:
        wanted = dm.encode_identity(planned.config, planned.build).tobytes()
        if (told := bus.read(dm.IDENTITY.base, len(wanted))) != wanted:
            return f"the identity is {told.hex()}, for {wanted.hex()}"
        return disagreement(EmulatorBus(planned.config), bus, learning.story(planned.config))


def tried(planned: Plan, port: Powered) -> str | None:
    """As `apart`; that the device does not answer is told, too."""
    try:
        return apart(planned, port)
    except AllspikeError as error:
        return f"there is no answer: {error}"


def run(planned: Plan) -> dict[str, Any]:
    """The `run` of an entry of evidence: what comes of a build's bitstream, which must have been made."""
    told = learning.figures(learning.story(planned.config))
    port = Powered(planned.board, chip_of(planned))
    return {"steps": told.steps, "spikes": told.spikes, "wrong": tried(planned, port)}
