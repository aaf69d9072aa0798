"""Follows an instance of the service to its end. The work is durable: when the service restarts, it goes on and so does this."""

import time
from urllib.parse import unquote, urlsplit

from . import stashlog
from .problems import NotHaven, Problem, Refused, Unavailable, Unreachable

_ENDED = ("Completed", "Failed", "Terminated")

# Stash runs one task after the other: waiting forever for a service that is off would hold up everything else.
_PATIENCE = 600.0

# An instance that was just started may take a moment until it can be read.
_APPEARS = 30.0


def instance_id(reply):
    """The id in the answer of a call that starts something."""
    body = reply.body if isinstance(reply.body, dict) else {}
    if body.get("id"):
        return str(body["id"])
    where = str(reply.headers.get("Location") or body.get("statusQueryGetUri") or "")
    path = urlsplit(where).path
    mark = "/api/instances/"
    if mark in path:
        return unquote(path.split(mark, 1)[1].split("/")[0])
    raise Problem("Haven VLM did not say what it started.", ["Update the service and the plugin to the same version."])


def follow(service, identity):
    """The instance as it ended. Only the id of the answers is used: addresses in them may be meant for others."""
    contact = _Contact(service)
    lines = _ProgressLines()
    started = time.monotonic()
    while True:
        reply = contact.read(identity)
        if reply is None:
            if time.monotonic() - started > _APPEARS:
                raise Problem(
                    "Haven VLM no longer knows %s." % identity,
                    ["Somebody removed it, or the service runs on another data folder now. Run the task again."],
                )
            time.sleep(1)
            continue
        instance = reply.body
        if instance.get("runtimeStatus") in _ENDED:
            stashlog.progress(1)
            return instance
        lines.show(instance)
        time.sleep(reply.retry_after())


def fraction(status):
    """How much is done, 0 to 1. Frames are known of scenes that have begun, so they refine the count of scenes and no more."""
    frames = min(1.0, max(0.0, _number(status.get("percent")) / 100.0))
    total = _number(status.get("scenesTotal"))
    if total <= 1:
        return frames
    return min(1.0, (_number(status.get("scenesDone")) + frames) / total)


def sentence(status):
    """Progress for people."""
    parts = []
    total, done = int(_number(status.get("scenesTotal"))), int(_number(status.get("scenesDone")))
    if total > 1:
        parts.append("%d of %d done" % (done, total))
    unit = stashlog.one_line(status.get("unit") or "frames", 20)
    frames = int(_number(status.get("framesTotal")))
    if frames:
        parts.append("%d of %d %s" % (_number(status.get("framesDone")), frames, unit))
    if _number(status.get("framesPerMinute")) > 0:
        parts.append("%.0f %s per minute" % (_number(status["framesPerMinute"]), unit))
    if _number(status.get("etaSeconds")) > 0:
        parts.append("about %s left" % _duration(_number(status["etaSeconds"])))
    text = ", ".join(parts)
    message = stashlog.one_line(status.get("message") or "", 500)
    return ": ".join(part for part in (text, message) if part)


class _Contact:
    def __init__(self, service):
        self._service = service
        self._lost = None
        self._pause = 1.0

    def read(self, identity):
        while True:
            try:
                reply = self._service.instance(identity)
            except (Unreachable, Unavailable) as trouble:
                self._wait(trouble, identity)
                continue
            except NotHaven as trouble:
                # While a container is replaced or a proxy asks for a login, something else answers at its address for a while.
                self._wait(trouble, identity)
                continue
            except Refused as trouble:
                if self._lost is None or trouble.status == 401:
                    raise
                self._wait(trouble, identity)
                continue
            if self._lost is not None:
                stashlog.info("Haven VLM answers again; the work goes on.")
                self._lost, self._pause = None, 1.0
            return reply

    def _wait(self, trouble, identity):
        now = time.monotonic()
        if self._lost is None:
            self._lost = now
            stashlog.warning("%s The work is not lost: it goes on when the service is back. Waiting for it." % trouble.message)
        if now - self._lost > _PATIENCE:
            raise Problem(
                "Haven VLM has not answered for %s. %s" % (_duration(_PATIENCE), trouble.message),
                ["Nothing is lost: %s goes on when the service is back. Run the task again to follow it." % identity] + trouble.advice,
            )
        time.sleep(self._pause)
        self._pause = min(10.0, self._pause * 1.5)


class _ProgressLines:
    """The bar at every look; a line of text when there is something new to say, and not too often."""

    def __init__(self):
        self._said = None
        self._at = 0.0

    def show(self, instance):
        status = instance.get("customStatus")
        status = status if isinstance(status, dict) else {}
        stashlog.progress(min(0.99, fraction(status)))
        text = sentence(status)
        if instance.get("runtimeStatus") == "Suspended":
            text = "It is paused; resume it on the page of Haven VLM. " + text
        kind = (instance.get("runtimeStatus"), status.get("stage"), status.get("message"))
        now = time.monotonic()
        if text and (self._said is None or now - self._at > 60 or (kind != self._said and now - self._at > 5)):
            stashlog.info(text)
            self._said, self._at = kind, now


def _number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value else 0


def _duration(seconds):
    if seconds < 90:
        return "%d s" % seconds
    if seconds < 5400:
        return "%d minutes" % round(seconds / 60)
    return "%.1f hours" % (seconds / 3600)
