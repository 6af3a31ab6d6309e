"""The software emulator: the model as one compiled kernel, behind the memory map."""
