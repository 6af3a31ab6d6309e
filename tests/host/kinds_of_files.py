"""Each kind of file, a sound one of it, and how it is refused: what the tests of files share."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allspike import LIF, STDP, FixedProbability, Network
from allspike.errors import FileError


@dataclass(frozen=True)
class Kind:
    """A kind of file, an example of it, and how to compare two."""

    name: str
    load: Callable[[Path], Any]
    thing: Any
    plain: Callable[[Any], object]
    path: Path
    """A sound file, and beside it room for unsound ones."""

    def refused(self, path: Path, words: str = "") -> None:
        """Loading fails with one sentence that names the file and the words."""
        pattern = f"^[^\n]*{re.escape(str(path))}[^\n]*{'.*'.join(map(re.escape, words.split()))}[^\n]*\\.$"
        with pytest.raises(FileError, match=pattern):
            self.load(path)


def network() -> Network:
    net = Network()
    rule = STDP(a_plus=2e-11, a_minus=2e-11, w_max=1e-9)
    pre, cells = net.inputs(5, "pre"), net.neurons(6, LIF(tau_m=np.linspace(0.01, 0.03, 6)), "cells")
    net.connect(pre, cells, weight=np.random.default_rng(0).uniform(0, 1e-9, (5, 6)), stdp=rule)
    net.connect(cells, cells, FixedProbability(0.4), weight=-1e-10)
    return net


every_kind = pytest.mark.parametrize("name", ["network", "image", "result"])


def rewritten(kind: Kind, change: Callable[[dict], dict]) -> Path:
    """The sound file with another header."""
    with np.load(kind.path) as archive:
        arrays = dict(archive)
    header = change(json.loads(str(arrays.pop("header"))))
    path = kind.path.parent / "rewritten.npz"
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    return path
