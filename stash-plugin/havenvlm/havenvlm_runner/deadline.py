"""A deadline over a whole call: neither looking up a name, nor reading headers, nor a byte now and then can hold a task of Stash."""

import threading
import time


class TooSlow(OSError):
    """There was no whole answer in time."""


def within(seconds, call):
    """What the call returns or raises. It gets the moment at which it has to end; one that does not notice is left behind."""
    ends = time.monotonic() + seconds
    came = []

    def run():
        try:
            came.append((call(ends), None))
        except BaseException as reason:  # noqa: BLE001 - raised again where it is waited for
            came.append((None, reason))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not came:
        raise TooSlow("the answer was not complete within %g s" % seconds)
    answer, reason = came[0]
    if reason is not None:
        raise reason
    return answer
