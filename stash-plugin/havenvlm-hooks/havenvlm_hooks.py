"""Tells Haven VLM that tags changed in Stash.

Stash runs this for every scene, image and gallery that is edited, one process after the other, and waits for each: it ends at once
unless a person may have added tags, and a second after it began whatever happens. What comes too late is found by the next look of
Haven VLM, so it leaves nothing in Stash's log. It never writes to Stash, so it cannot set itself off, and it sends neither Stash's session
nor anything of what was edited.
"""

import json
import os
import sys
import threading

sys.dont_write_bytecode = True

# Starting Python is part of the second.
_SECONDS = 0.8

# What Haven VLM gives as clientMutationId with its own changes.
_OWN = "havenvlm"


def main():
    watch = threading.Timer(_SECONDS, _give_up)
    watch.daemon = True
    watch.start()
    try:
        return _run()
    finally:
        watch.cancel()


def _give_up():
    # Looking up a name knows no timeout of its own, and a busy machine is slow with everything else.
    sys.stdout.write(json.dumps({"output": "too late"}))
    sys.stdout.flush()
    os._exit(0)


def _run():
    try:
        document = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        hook = document["args"]["hookContext"]
        connection = document.get("server_connection") or {}
    except (ValueError, KeyError, TypeError):
        return _answer({"error": "This is not a hook of Stash."})
    if not _may_ask(hook):
        return _answer({"output": "Nothing to look for."})
    return _tell(hook, connection)


def _may_ask(hook):
    """Whether a request tag may have been set: it takes a field with tags, and more than taking some off."""
    fields = hook.get("inputFields")
    if isinstance(fields, list) and "tag_ids" not in fields:
        return False
    given = hook.get("input") or {}
    if given.get("clientMutationId") == _OWN:
        return False
    tags = given.get("tag_ids")
    if isinstance(tags, dict):
        return tags.get("mode") != "REMOVE" and bool(tags.get("ids"))
    return tags != []


def _tell(hook, connection):
    sys.path.insert(0, os.path.join(connection.get("PluginDir") or os.path.dirname(os.path.abspath(__file__)), "..", "havenvlm"))
    try:
        from havenvlm_runner import settings, stashlog
        from havenvlm_runner.problems import Problem, Unavailable, Unreachable
        from havenvlm_runner.service import Service
    except ImportError:
        return _answer({"error": "The plugin Haven VLM is not beside this one: install it too."})
    try:
        # The other plugin's settings are ours.
        beside = dict(connection, PluginDir=os.path.join(connection.get("PluginDir") or "", "..", "havenvlm"))
        context = {name: hook[name] for name in ("id", "type", "inputFields") if name in hook}
        Service(settings.read(beside)).post("/api/stash/hook", {"hookContext": context}, timeout=_SECONDS)
        answer = {"output": "told"}
    except (Unavailable, Unreachable):
        # It is restarting or busy: its next look finds what was tagged.
        answer = {"output": "not told"}
    except Problem as problem:
        stashlog.warning(problem.message)
        answer = {"output": "not told"}
    return _answer(answer)


def _answer(answer):
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
