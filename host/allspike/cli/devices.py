"""`allspike selftest`, and what the commands tell of a device and its line."""

import json
from typing import Annotated, Any

import typer

from ..device import Device
from ..devices import open as open_device
from ..errors import DeviceError
from ..selftest import selftest as run_selftest
from .app import Json, app, progress_bars


def line_facts(device: Device) -> dict[str, Any]:
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


def about_device(target: str) -> dict[str, Any]:
    """What `allspike info --device` tells."""
    with open_device(target) as device:
        facts: dict[str, Any] = {"build": device.build} | device.config.to_dict()
        line = line_facts(device)
    lines = [f"{name}: {value}" for name, value in facts.items()]
    if line:
        lines += [f"line: {line_text(line['line'])}"]
        lines += [f"link {name}: {value}" for name, value in line["line"]["device"].items()]
    return facts | line | {"text": "\n".join(lines)}


@app.command()
def selftest(
    device: Annotated[str, typer.Option("--device", help="The device to test; see `allspike run --help`.")],
    as_json: Json = False,
) -> None:
    """Test a device: its line, its memories, and a network that learns, against the emulator.

    Its contents are as before afterwards, and it is reset.
    """
    with open_device(device) as opened:
        with progress_bars(as_json) as bar:
            parts = run_selftest(opened, bar("testing"))
        line = line_facts(opened)
    if as_json:
        found = {part.name: {"passed": part.passed, "says": part.says} for part in parts}
        print(json.dumps({"passed": all(part.passed for part in parts), "parts": found} | line))
    else:
        for part in parts:
            print(f"{'pass' if part.passed else 'FAIL'}  {part.name}: {part.says}")
    failed = [part.name for part in parts if not part.passed]
    if failed:
        raise DeviceError(
            f"the self-test of {device} failed at {', '.join(failed)}: check the cable, rebuild and load "
            "the bitstream."
        )
