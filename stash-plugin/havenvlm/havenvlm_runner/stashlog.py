"""Stash's log protocol on standard error: SOH, a letter for the level, STX, the message, a line feed."""

import os
import sys
import unicodedata

# Stash reads lines of up to 64 KB and nothing at all after a longer one.
LONGEST_MESSAGE = 2000

# A line that begins so keeps its spaces.
VERBATIM = "| "

_highest = 0.0


def debug(message):
    _write("d", message)


def info(message):
    _write("i", message)


def warning(message):
    _write("w", message)


def error(message):
    _write("e", message)


def progress(fraction):
    """Moves the bar of Stash's task queue, 0 to 1; it never goes back."""
    global _highest
    _highest = max(_highest, min(1.0, max(0.0, fraction)))
    _write("p", "%.4f" % _highest)


def one_line(text, longest=LONGEST_MESSAGE):
    """Text from elsewhere as one line without anything that could be taken for protocol or move a cursor."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in str(text)[: 4 * longest])
    clean = clean.rstrip() if clean.startswith(VERBATIM) else " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "\u2026"


def _write(level, message):
    line = "\x01%s\x02%s\n" % (level, one_line(message))
    try:
        sys.stderr.buffer.write(line.encode("utf-8", "replace"))
        sys.stderr.buffer.flush()
    except OSError:
        # Stash is gone; the work goes on in the service without us.
        os._exit(1)
