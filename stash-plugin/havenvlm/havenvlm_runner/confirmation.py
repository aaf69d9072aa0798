"""Undo takes everything away from a whole library and Stash starts tasks at a click: it has to be asked for twice."""

import os
import time

_FILE = "undo-asked"
_SECONDS = 600


def ask(connection):
    """What to tell the user, or None when this is the second time."""
    path = os.path.join(connection.get("PluginDir") or ".", _FILE)
    try:
        age = time.time() - os.stat(path).st_mtime
    except OSError:
        age = None
    try:
        if age is not None:
            os.remove(path)
        if age is not None and 0 <= age <= _SECONDS:
            return None
        with open(path, "x", encoding="ascii"):
            pass
    except OSError as reason:
        return "Undo needs to note in the plugin's folder that it was asked for (%s). Run `haven undo --all` instead." % reason
    return (
        "Undo removes every tag and marker that Haven VLM wrote, from all scenes and images. What you added or changed stays, and so do the"
        " answers: VLM_UpdateMe brings the markers back. Run the task again within %d minutes to do it." % (_SECONDS // 60)
    )
