"""The link: a serial line to a core's bus."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config

from ..fabric.holds import stands
from ..machine.bus import BusSignature
from .checker import Checker
from .checksum import Checksum
from .decoder import Decoder
from .encoder import Encoder
from .engine import Engine
from .link_registers import LinkRegisters
from .receiver import Receiver
from .request_buffer import RequestBuffer, check_size
from .transmitter import Transmitter

DEFAULT_BUFFER = 1024
"""Bytes of requests that may be unanswered at a time."""


class Link(wiring.Component):
    """Answers the requests of a host (docs/protocol.md).

    Parameters
    ----------
    config : Config
        What lies behind the bus.
    divisor : int
        Clocks a bit at power-on: see `link_map.divisor_of`.
    buffer : int
        Bytes of requests that may be unanswered at a time, a power of two.

    Members
    -------
    rx : In(1), tx : Out(1)
        The line; `rx` may be asynchronous.
    bus : Out(BusSignature)
    accepted : Out(1)
        A valid request has come: pulsed.
    trouble : Out(1)
        A frame was dropped, or a byte was in error: pulsed.
    """

    def __init__(self, config: Config, *, divisor: int, buffer: int = DEFAULT_BUFFER) -> None:
        self._config, self._divisor, self._buffer = config, divisor, buffer
        check_size(buffer)
        super().__init__(
            {
                "rx": In(1),
                "tx": Out(1),
                "bus": Out(BusSignature()),
                "accepted": Out(1),
                "trouble": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.receiver = receiver = Receiver()
        m.submodules.decoder = decoder = Decoder()
        m.submodules.checker = checker = Checker()
        m.submodules.requests = requests = RequestBuffer(self._buffer)
        m.submodules.engine = engine = Engine(self._config, self._buffer)
        m.submodules.checksum = checksum = Checksum()
        m.submodules.encoder = encoder = Encoder()
        m.submodules.transmitter = transmitter = Transmitter()
        m.submodules.registers = registers = LinkRegisters(buffer=self._buffer, divisor=self._divisor)

        wiring.connect(m, receiver.byte, decoder.byte)
        wiring.connect(m, requests.byte, engine.request)
        wiring.connect(m, engine.item, checksum.item)
        wiring.connect(m, checksum.answered, encoder.answered)
        wiring.connect(m, encoder.byte, transmitter.byte)
        wiring.connect(m, engine.local, registers.bus)
        wiring.connect(m, engine.core, wiring.flipped(self.bus))
        for part in (checker, requests):  # a stream that never waits may have two ends
            m.d.comb += [part.decoded.valid.eq(decoder.decoded.valid), part.decoded.p.eq(decoder.decoded.p)]
        m.d.comb += [
            receiver.rx.eq(self.rx),
            self.tx.eq(transmitter.tx),
            receiver.interval.eq(registers.interval),
            transmitter.interval.eq(registers.interval),
            decoder.error.eq(receiver.error),
            requests.matches.eq(checker.matches),
            requests.release.eq(engine.release),
            checksum.restart.eq(engine.restart),
            engine.pending.eq(registers.pending),
            engine.sent.eq(encoder.empty & transmitter.idle),
            registers.apply.eq(engine.apply),
            registers.broken.eq(receiver.broken),
            registers.frames.eq(requests.accepted),
            registers.damaged.eq(requests.damaged),
            registers.overruns.eq(requests.overrun),
            registers.framing.eq(receiver.error),
            registers.refused.eq(engine.refused),
            self.accepted.eq(requests.accepted),
            self.trouble.eq(requests.damaged | requests.overrun | receiver.error),
        ]
        for name, offered in (
            ("byte of a request", requests.byte),
            ("item", engine.item),
            ("byte of an answer", checksum.answered),
            ("byte", encoder.byte),
        ):
            stands(m, platform, offered, name)
        return m
