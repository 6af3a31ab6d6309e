"""Target: capabilities by the name of a device, and without one."""

from types import SimpleNamespace

from allspike_hdl.fabric.target import ANY, BLOCKS, Target


def test_a_device_has_what_its_family_has() -> None:
    assert Target.named("iCE40UP5K-SG48") == Target("iCE40UP5K-SG48", single_port=True, multipliers=True)
    assert Target.named("iCE40HX8K") == Target("iCE40HX8K", single_port=False, multipliers=False)
    assert Target.named("LFE5U-25F") == Target("LFE5U-25F")
    assert BLOCKS == ("iCE40UP5K",)


def test_a_platform_stands_for_its_device() -> None:
    assert Target.of(SimpleNamespace(device="iCE40LP1K")) == Target.named("iCE40LP1K")
    assert Target.of(SimpleNamespace()) == ANY


def test_without_a_platform_it_is_simulated() -> None:
    assert Target.of(None) == Target(simulated=True)
    assert Target.of(ANY) is ANY
