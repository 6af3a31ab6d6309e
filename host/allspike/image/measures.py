"""The units in which a report tells what it measures."""


def unit_of_learning(key: str, weights: str) -> str:
    """The unit of an entry of the learning rule where weights are in `weights`."""
    return "s" if key.startswith("tau") else "" if key == "x_target" else weights


def unit_of_potential(unit: str, volts: str) -> str:
    """The unit of a quantity that is measured in `unit` where potentials are in volts, else plain numbers."""
    return unit if volts else {"V": "", "V/s": "/s"}.get(unit, unit)
