"""docs/model.md in Python's unbounded integers, read literally: what emulator and gateware are compared with.

Slow, without a single array operation and without a line of what it judges: arithmetic, order and saturation
are written a third time here, on purpose, for an equality of three is worth something only if nobody copied.
Names of flags are the map's, numbers such as `2**15` the document's.
"""
