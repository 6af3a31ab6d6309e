"""What the line carries, on a wire of 1 Mbaud with a round trip of 2 ms, in its own time."""

from tests.bench.link import PRESENT, load, standin, stream


def test_loads_and_spikes_come_close_to_the_line_rate() -> None:
    with standin(slowness=0) as device:
        dense, sparse, spikes = load(device, 1.0), load(device, PRESENT), stream(device)
    assert dense.synapses == 131_072
    assert dense.seconds < 1.38
    assert dense.share > 0.95
    assert sparse.seconds < dense.seconds / 4
    assert spikes.missing == 0
    assert spikes.share > 0.9
