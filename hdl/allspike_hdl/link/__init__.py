"""The link: frames over a serial line, to the words of a core's bus."""
