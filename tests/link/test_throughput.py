"""What the line carries, on a wire of 1 Mbaud that keeps time, with a round trip of 2 ms."""

from tests.bench.link import PRESENT, load, standin, stream

SLOWNESS = 4.0
"""The wire is slowed, so that it is the wire that is measured on a busy machine."""


def test_loads_and_spikes_come_close_to_the_line_rate() -> None:
    with standin(SLOWNESS) as device:
        dense = load(device, 1.0)
        sparse = load(device, PRESENT)
        spikes = stream(device)
        traffic = device.traffic
    assert dense.synapses == 131_072
    assert dense.seconds < 1.38
    assert dense.share > 0.95
    assert sparse.seconds < dense.seconds / 4
    assert spikes.missing == 0
    assert spikes.share > 0.9
    assert traffic is not None
    assert traffic.retries == 0
