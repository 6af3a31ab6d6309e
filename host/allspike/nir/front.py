"""What users find here, with the networks that they know: nothing in the house goes through it."""

from ..doors.users import for_users
from .restoring import restored as described

restored = for_users(described)
