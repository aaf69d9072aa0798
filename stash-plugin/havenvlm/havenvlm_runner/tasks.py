"""The tasks of Stash's task page: each starts work in the service and follows it."""

from . import confirmation, following, outcome, stashlog
from .problems import Problem

_ACTIVE = "Pending,Running,Suspended"


class Task:
    def __init__(self, title, path, body):
        self.title = title
        self.path = path
        self.body = body


def _scenes(args):
    body = {}
    if args.get("sceneIds"):
        body["sceneIds"] = [str(identity) for identity in args["sceneIds"]]
    for name in ("filter", "force", "dryRun", "reset"):
        if args.get(name):
            body[name] = args[name]
    return body


def _images(args):
    body = {"imageIds": [str(identity) for identity in args["imageIds"]]} if args.get("imageIds") else {}
    if args.get("force"):
        body["force"] = True
    return body


def _undo(args):
    return {"sceneIds": [str(identity) for identity in args["sceneIds"]]} if args.get("sceneIds") else {"all": True}


TASKS = {
    "tag-videos": Task("Tag Videos", "/api/scenes/tag", _scenes),
    "update": Task("Update", "/api/scenes/update", _scenes),
    "tag-images": Task("Tag Images", "/api/images/tag", _images),
    "collect-incorrect": Task("Collect Incorrect", "/api/incorrect/collect", lambda args: {"all": True} if args.get("all") else {}),
    "marker-settings": Task(
        "Find Marker Settings",
        "/api/marker-settings",
        lambda args: {"sceneId": str(args["sceneId"])} if args.get("sceneId") else {},
    ),
    "undo": Task("Undo", "/api/undo", _undo),
}


def run(mode, args, service, connection):
    """Does a task; returns the sentence that is its result."""
    if mode == "cancel":
        return _cancel(service)
    task = TASKS[mode]
    if mode == "undo" and not args.get("sceneIds") and not args.get("confirmed"):
        asked = confirmation.ask(connection)
        if asked:
            stashlog.warning(asked)
            return asked
    stashlog.progress(0)
    _greet(service)
    try:
        reply = service.post(task.path, task.body(args))
    except (TypeError, ValueError) as wrong:
        raise Problem("The arguments of the task cannot be used: %s." % wrong)
    identity = following.instance_id(reply)
    if service.settings.do_not_wait:
        stashlog.progress(1)
        sentence = "%s has begun as %s. It goes on in Haven VLM; its page shows the progress." % (task.title, identity)
        stashlog.info(sentence)
        return sentence
    stashlog.info(
        "%s has begun as %s. The work is done by the service: stopping this task in Stash only stops watching it. To stop the work too, stop"
        " this task, then run the task Cancel, or use the page of Haven VLM at %s." % (task.title, identity, service.settings.address)
    )
    return outcome.report(task.title, following.follow(service, identity))


def _greet(service):
    """Says what answers, and what it already knows to be in the way."""
    status = service.status()
    stashlog.info("Haven VLM %s at %s." % (stashlog.one_line(status["version"], 50), service.settings.address))
    stash = status.get("stash") or {}
    if stash.get("reachable") is False:
        stashlog.warning("Haven VLM does not reach Stash at %s: %s" % (stash.get("url"), stash.get("message")))
    endpoints = status.get("endpoints") or []
    for endpoint in endpoints:
        if endpoint.get("message"):
            stashlog.warning("Endpoint %s: %s" % (endpoint.get("name"), endpoint["message"]))


def _cancel(service):
    _greet(service)
    instances = service.instances(_ACTIVE)
    # What starts scenes first, else it would start others in the place of those that are stopped.
    order = {"Sweep": 0, "TagScene": 2}
    stopped = 0
    for instance in sorted(instances, key=lambda found: order.get(found.get("name"), 1)):
        if instance.get("name") == "ReleaseScene":
            continue
        if service.terminate(instance["instanceId"], "cancelled in Stash"):
            stopped += 1
            stashlog.info("Stopped %s." % instance["instanceId"])
    stashlog.progress(1)
    sentence = "Nothing was running." if stopped == 0 else "%d stopped. What still carries a request tag is begun again by the next sweep." % stopped
    stashlog.info(sentence)
    return sentence
