"""Every build that has a name is found by it: presets, and the boards of other packages."""

import re

import pytest

from allspike.errors import ParameterError
from allspike.map import presets
from allspike.map.presets import DEFAULT_PRESET, PRESETS, config_of, configurations, preset


def test_presets_are_found_by_name_and_grow() -> None:
    assert [preset(name) for name in PRESETS] == list(PRESETS.values())
    assert DEFAULT_PRESET in PRESETS
    sizes = [config.neurons for config in PRESETS.values()]
    assert sizes == sorted(sizes)
    # The builds that the budgets speak of.
    assert preset("up5k").synapses == 98_304
    assert preset("ecp5-85f").synapses == 327_680


def test_an_unknown_name_is_answered_with_the_nearest_and_with_all() -> None:
    """Presets and boards are one list."""
    for wrong, meant in (("core97", "core96"), ("icebraker", "icebreaker"), ("ICEBREAKER", "icebreaker")):
        with pytest.raises(ParameterError) as caught:
            preset(wrong)
        expected = f"there is no configuration named {wrong!r}: did you mean {meant!r}? There are: "
        assert str(caught.value) == f"{expected}{', '.join(configurations())}."
    with pytest.raises(ParameterError, match=r"named 'zzzz': there are: core96, .*icebreaker"):
        preset("zzzz")


def test_every_name_is_that_of_a_configuration_presets_first() -> None:
    found = configurations()
    assert list(found)[: len(PRESETS)] == list(PRESETS)
    assert "icebreaker" in found
    assert found == {name: preset(name) for name in found}


def test_without_other_packages_there_are_the_presets_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "entry_points", lambda **_: ())
    assert configurations() == dict(PRESETS)
    with pytest.raises(ParameterError, match=f"There are: {', '.join(PRESETS)}\\.$"):
        preset("upk5")


@pytest.mark.parametrize("value", [3, None, ["core96"], 1.5])
def test_what_is_neither_a_build_nor_a_name_is_refused(value: object) -> None:
    with pytest.raises(
        ParameterError, match=rf"^config = {re.escape(repr(value))} is no build: give the name"
    ):
        config_of(value)  # type: ignore[arg-type]
