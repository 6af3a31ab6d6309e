"""What is written to a device by name, and with which values."""

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError
from ..map import device_map as dm
from ..map.config import Config


def check_whole(name: str, values: NDArray, dtype: np.dtype) -> None:
    """Refuse what is not whole numbers in the range of `dtype`."""
    limits = np.iinfo(dtype)
    try:
        whole = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} takes whole numbers, not {values.ravel()[:4]}.") from None
    if not np.isfinite(whole).all() or (whole != np.rint(whole)).any():
        raise ParameterError(f"{name} takes whole numbers, not {whole.ravel()[:4]}.")
    if whole.size and (whole.min() < limits.min or whole.max() > limits.max):
        raise ParameterError(
            f"{name} takes {limits.min} to {limits.max}, not {whole.min():g} to {whole.max():g}."
        )


def named(name: str, config: Config) -> tuple[dm.Region, str | None]:
    """The region and field that a name means on a device of this build."""
    head, _, tail = name.partition(".")
    for region in dm.REGIONS:
        if region.name == head:
            if not tail:
                return region, None
            if tail in region.names(config):
                return region, tail
            raise ParameterError(
                f"region {head} has no field {tail!r}; it has {', '.join(region.names(config)) or 'none'}."
            )
    owners = [region for region in dm.REGIONS if name in region.names(config)]
    if len(owners) == 1:
        return owners[0], name
    if owners:
        options = ", ".join(f"{region.name}.{name}" for region in owners)
        raise ParameterError(f"{name!r} is ambiguous: say one of {options}.")
    raise ParameterError(
        f"a device has nothing named {name!r}; its regions are "
        f"{', '.join(region.name for region in dm.REGIONS)}."
    )
