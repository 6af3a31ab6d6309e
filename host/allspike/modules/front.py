"""What users find here, with the networks that they know: nothing in the house goes through it."""

from ..doors.users import for_users
from .translate import translate as described

translate = for_users(described)
