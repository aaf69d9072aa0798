"""Tells Haven VLM that tags changed in Stash.

Stash runs this for every scene, image and gallery that is edited, one process after the other, and waits for each: it ends at once
unless tags may have been added, and after a second whatever happens. It never writes to Stash, so it cannot set itself off, and it sends
neither Stash's session nor anything of what was edited.
"""

import json
import os
import sys

sys.dont_write_bytecode = True

_SECONDS = 1.0


def main():
    try:
        document = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        hook = document["args"]["hookContext"]
        connection = document.get("server_connection") or {}
    except (ValueError, KeyError, TypeError):
        return _answer({"error": "This is not a hook of Stash."})
    if not _may_ask(hook):
        return _answer({"output": "No tag was added."})
    return _tell(hook, connection)


def _may_ask(hook):
    """Whether a request tag may have been set: it takes a field with tags, and more than taking some off."""
    fields = hook.get("inputFields")
    if isinstance(fields, list) and "tag_ids" not in fields:
        return False
    tags = (hook.get("input") or {}).get("tag_ids")
    if isinstance(tags, dict):
        return tags.get("mode") != "REMOVE" and bool(tags.get("ids"))
    return tags != []


def _tell(hook, connection):
    import threading

    def give_up():
        _warn("Haven VLM did not answer within a second; its next sweep finds what was tagged.")
        sys.stdout.write(json.dumps({"output": "too late"}))
        sys.stdout.flush()
        os._exit(0)

    # Looking up a name knows no timeout of its own.
    watch = threading.Timer(_SECONDS, give_up)
    watch.daemon = True
    watch.start()
    sys.path.insert(0, os.path.join(connection.get("PluginDir") or os.path.dirname(os.path.abspath(__file__)), "..", "havenvlm"))
    try:
        from havenvlm_runner import settings
        from havenvlm_runner.problems import Problem
        from havenvlm_runner.service import Service
    except ImportError:
        watch.cancel()
        return _answer({"error": "The plugin Haven VLM is not beside this one: install it too."})
    try:
        # The other plugin's settings are ours.
        beside = dict(connection, PluginDir=os.path.join(connection.get("PluginDir") or "", "..", "havenvlm"))
        context = {name: hook[name] for name in ("id", "type", "inputFields") if name in hook}
        Service(settings.read(beside)).post("/api/stash/hook", {"hookContext": context}, timeout=_SECONDS)
        answer = {"output": "told"}
    except Problem as problem:
        _warn(problem.message)
        answer = {"output": "not told"}
    watch.cancel()
    return _answer(answer)


def _warn(message):
    try:
        from havenvlm_runner import stashlog

        stashlog.warning(message)
    except ImportError:
        pass


def _answer(answer):
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
