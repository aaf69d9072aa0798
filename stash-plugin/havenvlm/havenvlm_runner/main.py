"""From the document that Stash writes to the one that it reads."""

import json
import time

from . import operations, settings, stashlog, tasks
from .problems import Problem
from .service import Service

_LARGEST_INPUT = 1 << 24


def run(standard_input, standard_output):
    """Returns the exit code."""
    mode = ""
    try:
        document = _read(standard_input)
        connection, args = document["server_connection"], document["args"]
        mode = str(args.get("mode") or "")
        answer, code = _answer(mode, connection, args)
    except Problem as problem:
        answer, code = _explain(mode, problem)
    except Exception as reason:  # noqa: BLE001 - whatever it is, Stash's log has to say it
        answer, code = _explain(mode, Problem("The plugin failed: %s: %s" % (type(reason).__name__, stashlog.one_line(reason, 500))))
    if mode not in operations.OPERATIONS:
        # Stash stops reading the log when the process ends, whatever is still in the pipe, and takes no progress while it is busy with the last.
        if code == 0:
            stashlog.progress(1)
        time.sleep(0.2)
    standard_output.write(json.dumps(answer).encode("ascii"))
    standard_output.flush()
    return code


def _answer(mode, connection, args):
    if mode in operations.OPERATIONS:
        return {"output": operations.run(mode, args, Service(settings.read(connection)))}, 0
    if mode in tasks.TASKS or mode == "cancel":
        return {"output": tasks.run(mode, args, Service(settings.read(connection)), connection)}, 0
    known = sorted(tasks.TASKS) + ["cancel"] + sorted(operations.OPERATIONS)
    raise Problem('"%s" is nothing that this plugin does.' % stashlog.one_line(mode, 100), ["mode is one of " + ", ".join(known) + "."])


def _explain(mode, problem):
    if mode in operations.OPERATIONS:
        advice = [stashlog.one_line(line) for line in problem.advice]
        return {"output": {"problem": {"message": stashlog.one_line(problem.message), "advice": advice}}}, 0
    for line in [problem.message] + problem.advice:
        stashlog.error(line)
    return {"error": stashlog.one_line(problem.message)}, 1


def _read(standard_input):
    try:
        document = json.loads(standard_input.read(_LARGEST_INPUT).decode("utf-8"))
    except ValueError as reason:
        raise Problem("Stash did not send a JSON document: %s." % reason)
    document = document if isinstance(document, dict) else {}
    return {
        "server_connection": document.get("server_connection") if isinstance(document.get("server_connection"), dict) else {},
        "args": document.get("args") if isinstance(document.get("args"), dict) else {},
    }
