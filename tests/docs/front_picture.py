"""The picture of the README, drawn by the README: `python -m tests.docs.front_picture FILE`."""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def draw(path: Path) -> None:
    """Run the README's first Python block that draws, and keep the picture."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    block = next(block for block in blocks if '"raster.png"' in block)
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            exec(compile(block, "README.md", "exec"), {})
        finally:
            os.chdir(here)
        shutil.copyfile(Path(folder) / "raster.png", path)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
    print(f"wrote {sys.argv[1]}")
