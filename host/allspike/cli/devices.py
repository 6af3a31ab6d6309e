"""`allspike selftest`, and what the commands tell of a device's line."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, talk
from .app import Json, progress_bars

if TYPE_CHECKING:
    from ..device.device import Device


def line_facts(device: "Device") -> dict[str, Any]:
    """What went over the device's line, as plain data under "line"; nothing for a device in this process."""
    traffic = device.traffic
    if traffic is None:
        return {}
    return {
        "line": traffic.to_dict() | {"stalled_seconds": device.stalled_seconds, "device": device.bus.counts()}
    }


def line_text(line: dict[str, Any]) -> str:
    """The same for people."""
    return (
        f"{line['bytes_sent']:,} bytes sent ({line['use_sent']:.0%} of {line['baud']:,} baud), "
        f"{line['bytes_received']:,} received ({line['use_received']:.0%}), {line['requests']:,} requests, "
        f"{line['retries']:,} repeated, {line['damaged']:,} damaged answers; time stood still for "
        f"{line['stalled_seconds']:.3g} s for want of room"
    )


def selftest(
    device: Annotated[
        str,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="The device to test; see `allspike run --help`.",
            autocompletion=completion.devices,
        ),
    ],
    as_json: Json = False,
) -> None:
    """Test a device: its line, its memories, and a network that learns, against the emulator.

    Its contents are as before afterwards, and it is reset.
    """
    from ..errors import DeviceError
    from ..simulate.devices import open as open_device
    from ..simulate.selftest import selftest as run_selftest

    with open_device(device) as opened:
        with progress_bars(as_json) as bar:
            parts = run_selftest(opened, bar("testing"))
        line = line_facts(opened)
    found = {part.name: {"passed": part.passed, "says": part.says} for part in parts}
    lines = [f"{'pass' if part.passed else 'FAIL'}  {part.name}: {part.says}" for part in parts]
    failed = [part.name for part in parts if not part.passed]
    talk.answer({"passed": not failed, "parts": found} | line, talk.lines("\n".join(lines)))
    if failed:
        raise DeviceError(
            f"the self-test of {device} failed at {', '.join(failed)}: check the cable, rebuild and load "
            "the bitstream."
        )
