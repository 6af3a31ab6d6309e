"""Networks of torch modules, of snnTorch, SpikingJelly and Norse, read without them:
docs/howto/snntorch.md."""

from .front import translate

__all__ = ["translate"]
