"""What became of the work, as lines for Stash's log: counts, and the reasons of failures, the first ones."""

import re

from . import stashlog
from .problems import Problem

_SHOWN = 20


def report(title, instance):
    """Logs how an instance ended; returns one sentence.

    Raises Problem when it failed as a whole.
    """
    state = instance.get("runtimeStatus")
    output = instance.get("output")
    identity = instance.get("instanceId", "")
    if state != "Completed":
        reason = stashlog.one_line(output if isinstance(output, str) else "no reason was given", 1000)
        if state == "Terminated":
            raise Problem("%s was stopped: %s" % (title, reason))
        raise Problem(
            "%s failed: %s" % (title, reason),
            ["The page of Haven VLM and `haven status` say more about %s; POST /api/instances/%s/retry repeats it." % (identity, identity)],
        )
    if not isinstance(output, dict):
        sentence = "%s is done%s" % (title, ": " + stashlog.one_line(output, 500) if isinstance(output, str) and output else ".")
        stashlog.info(sentence)
        return sentence
    return _report_output(title, output)


def _report_output(title, output):
    counts, details = [], []
    for name, value in output.items():
        words = _words(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, (int, float)):
            counts.append((words, value))
        elif isinstance(value, list):
            details.append((name, words, value))
        elif isinstance(value, str) and value.strip() and not name.endswith("Id"):
            details.append((name, words, _lines(value)))
    for name, words, items in details:
        _report_items(stashlog.warning if name == "failures" else stashlog.info, words, items)
    if counts and not any(value for _, value in counts):
        sentence = "%s: there was nothing to do." % title
    else:
        sentence = "%s is done: %s." % (title, ", ".join("%g %s" % (value, words) for words, value in counts)) if counts else "%s is done." % title
    (stashlog.warning if output.get("failed") else stashlog.info)(sentence)
    return sentence


def _report_items(log, words, items):
    if items and all(isinstance(item, str) and len(item) <= 60 and not item.startswith(stashlog.VERBATIM) for item in items):
        more = len(items) - _SHOWN
        items = [", ".join(items[:_SHOWN]) + (" and %d more" % more if more > 0 else "")]
    for item in items[:_SHOWN]:
        log("%s: %s" % (words, _item(item)) if not isinstance(item, str) or len(items) == 1 else item)
    if len(items) > _SHOWN:
        log("%s: and %d more; the page of Haven VLM lists them." % (words, len(items) - _SHOWN))


def _lines(text):
    """A text of several lines, such as a piece of YAML: Stash takes the space before a line away, so something stands before it."""
    lines = text.rstrip().splitlines()
    return lines if len(lines) == 1 else [stashlog.VERBATIM + line for line in lines]


def _item(item):
    if isinstance(item, dict):
        identity = next((item[name] for name in ("sceneId", "imageId", "markerId", "id") if name in item), None)
        rest = [value for name, value in item.items() if not name.lower().endswith("id") and value not in (None, "", [])]
        text = ", ".join(stashlog.one_line(value, 600) for value in rest)
        kind = next((_words(name)[:-3] for name in ("sceneId", "imageId", "markerId") if name in item), "")
        return " ".join(part for part in (kind, str(identity) if identity is not None else "", text and "- " + text) if part)
    return stashlog.one_line(item, 600)


def _words(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
