"""What the figures were taken on: processor and versions, nothing that names a machine or its owner."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("allspike", "numpy", "numba", "brian2", "nest-simulator", "superneuromat")


def describe() -> dict[str, str]:
    """Processor, cores, versions."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    } | {package: version(package) for package in PACKAGES}


def _processor() -> str:
    """The model as the system tells it, with its family: virtual machines often cut the name short."""
    if sys.platform == "linux":
        fields = {}
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            fields.setdefault(key.strip(), value.strip())
        if "model name" in fields:
            family = f" (family {fields['cpu family']})" if "cpu family" in fields else ""
            return fields["model name"] + family
    return platform.processor() or "unknown"
