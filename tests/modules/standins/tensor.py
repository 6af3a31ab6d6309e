"""A tensor and a module, as torch has them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Tensor:
    """Numbers that NumPy does not take as they are: a tensor that needs a gradient, on another device."""

    def __init__(self, values: Any, ready: int = 0) -> None:
        self.values = values.values if isinstance(values, Tensor) else np.asarray(values, np.float64)
        self.ready = ready

    def detach(self) -> "Tensor":
        return Tensor(self.values, self.ready | 1)

    def cpu(self) -> "Tensor":
        return Tensor(self.values, self.ready | 2)

    def double(self) -> "Tensor":
        return Tensor(self.values, self.ready | 4)

    def numpy(self) -> Array:
        if self.ready != 7:
            raise RuntimeError("Can't call numpy() on this Tensor.")
        return self.values

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError("can't convert this tensor to numpy")

    def __len__(self) -> int:
        return len(self.values)


class Module:
    """Of torch.nn: holds its children, in order."""

    def __init__(self) -> None:
        self._modules: dict[str, Any] = {}
        self._forward_hooks: dict[int, Any] = {}
        self.training = True

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Module):
            self._modules[name] = value
        object.__setattr__(self, name, value)

    def add(self, name: str, module: "Module") -> None:
        self._modules[name] = module

    def eval(self) -> "Module":
        self.training = False
        for child in self._modules.values():
            if child is not None:
                child.eval()
        return self

    def forward(self, x: Array) -> Array:
        raise NotImplementedError

    def reset_state(self) -> None:
        for child in self._modules.values():
            if child is not None:
                child.reset_state()
