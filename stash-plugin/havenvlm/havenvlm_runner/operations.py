"""What the scene page asks through runPluginOperation. Troubles are part of the answer: the page shows them, Stash's log does not fill up."""

import re

from . import VERSION, following
from .problems import Problem

_ID = re.compile(r"^[0-9]{1,20}$")
_REQUEST = re.compile(r"^scenes-[0-9a-z-]{1,60}$")


def run(mode, args, service):
    scene = str(args.get("sceneId") or "")
    request = str(args.get("requestId") or "")
    if not _ID.match(scene) or (request and not _REQUEST.match(request)):
        raise Problem("This is not a scene.")
    return OPERATIONS[mode](service, scene, request)


def _status(service, scene, request):
    """The scene's own instance, and the request until it has begun the scene."""
    return {
        "version": VERSION,
        "scene": _brief(service.instance("scene-" + scene)),
        "request": _brief(service.instance(request)) if request else None,
    }


def _tag(service, scene, _):
    return {"requestId": following.instance_id(service.post("/api/scenes/tag", {"sceneIds": [scene]}))}


def _update(service, scene, _):
    return {"requestId": following.instance_id(service.post("/api/scenes/update", {"sceneIds": [scene]}))}


def _cancel(service, scene, request):
    stopped = service.terminate(request, "cancelled on the scene page") if request else False
    return {"stopped": service.terminate("scene-" + scene, "cancelled on the scene page") or stopped}


def _timeline(service, scene, _):
    found = service.timeline(scene)
    if found is None:
        return {"timeline": None}
    return {"timeline": {name: found.get(name) for name in ("duration", "model", "frames", "tags", "markers", "answers")}}


OPERATIONS = {
    "scene-status": _status,
    "scene-tag": _tag,
    "scene-update": _update,
    "scene-cancel": _cancel,
    "scene-timeline": _timeline,
}


def _brief(reply):
    if reply is None:
        return None
    instance = reply.body
    status = instance.get("customStatus") if isinstance(instance.get("customStatus"), dict) else {}
    output = instance.get("output")
    return {
        "id": instance.get("instanceId"),
        "state": instance.get("runtimeStatus"),
        "since": instance.get("createdTime"),
        "changed": instance.get("lastUpdatedTime"),
        "stage": status.get("stage"),
        "fraction": following.fraction(status),
        "sentence": following.sentence(status),
        "reason": output if isinstance(output, str) else None,
        "output": output if isinstance(output, dict) else None,
    }
