"""The serial line: frames, a window of requests that loses nothing, and finding and opening ports."""
