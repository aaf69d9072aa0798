"""The service's HTTP API. Answers are bounded, redirects are not followed (the key would go along), and failures say what to do."""

import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from urllib.parse import quote

from . import VERSION, problems, surroundings
from .deadline import within
from .stashlog import one_line

_LARGEST_REPLY = 16 * 1024 * 1024

# A time-out is of each byte; a whole answer takes so many of them at most, however it trickles in.
_WHOLE = 2


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def retry_after(self, usual=2.0):
        try:
            return min(60.0, max(0.2, float(self.headers.get("Retry-After", usual))))
        except (TypeError, ValueError):
            return usual


class Service:
    def __init__(self, settings):
        self.settings = settings
        self._opener = _opener(settings)

    def status(self):
        """Version, Stash, endpoints, instances; also the proof that the address and the key are right."""
        body = self.get("/api/status").body
        if not isinstance(body, dict) or "version" not in body:
            raise problems.not_haven(self.settings, "its status is not one of Haven VLM")
        return body

    def get(self, path, timeout=30):
        return self._call("GET", path, None, timeout)

    def post(self, path, body, timeout=60):
        return self._call("POST", path, body, timeout)

    def instance(self, instance_id):
        """An instance's state; None when the service says that there is none."""
        try:
            reply = self.get("/api/instances/" + quote(instance_id, safe=""))
        except problems.Refused as refusal:
            if refusal.status == 404 and refusal.title == "No such instance":
                return None
            raise
        if not isinstance(reply.body, dict) or not isinstance(reply.body.get("runtimeStatus"), str):
            raise problems.not_haven(self.settings, "its answer is not the state of an instance")
        return reply

    def instances(self, statuses):
        """Instances in one of the states."""
        found = self.get("/api/instances?top=1000&status=" + statuses).body
        if not isinstance(found, list) or not all(isinstance(each, dict) and each.get("instanceId") for each in found):
            raise problems.not_haven(self.settings, "its answer is not a list of instances")
        return found

    def timeline(self, scene):
        """A scene's answers and markers; None when the service says that it is not analyzed yet."""
        try:
            found = self.get("/api/scenes/%s/timeline" % quote(scene, safe="")).body
        except problems.Refused as refusal:
            if refusal.status == 404 and refusal.title == "Not analyzed":
                return None
            raise
        if not isinstance(found, dict) or "duration" not in found:
            raise problems.not_haven(self.settings, "its answer is not the timeline of a scene")
        return found

    def terminate(self, instance_id, reason):
        """Whether it was running until now."""
        try:
            reply = self.post("/api/instances/%s/terminate?reason=%s" % (quote(instance_id, safe=""), quote(reason, safe="")), None)
        except problems.Refused as refusal:
            if (refusal.status, refusal.title) in ((404, "No such instance"), (410, "Not possible in this state")):
                return False
            raise
        if reply.status != 202:
            raise problems.not_haven(self.settings, "it answers HTTP %d when something is to be stopped" % reply.status)
        return True

    def is_haven(self):
        try:
            body = _json(self._send("GET", "/api/health", None, 10)[2])
        except (problems.Problem, ValueError):
            return False
        return isinstance(body, dict) and body.get("status") == "ok"

    def _call(self, method, path, body, timeout):
        status, headers, text = self._send(method, path, body, timeout)
        if 300 <= status < 400:
            raise self._redirects(headers)
        try:
            answer = _json(text)
        except ValueError:
            if status >= 500:
                raise problems.Unavailable("Haven VLM at %s answers HTTP %d." % (self.settings.address, status))
            if status in (401, 403) and self.is_haven():
                raise problems.wrong_key(self.settings)
            # Haven VLM itself explains in JSON, or says nothing at all.
            raise problems.not_haven(self.settings, "it answers %s with HTTP %d and no JSON" % (path.split("?")[0], status))
        if 200 <= status < 300:
            return Reply(status, headers, answer)
        raise self._failure(status, headers, path.split("?")[0], answer)

    def _failure(self, status, headers, path, answer):
        if status == 401:
            return problems.wrong_key(self.settings)
        title = one_line(answer.get("title", ""), 200) if isinstance(answer, dict) else ""
        detail = one_line(answer.get("detail", ""), 600) if isinstance(answer, dict) else ""
        if status in (404, 405) and (not title or title == "No such call"):
            return self._no_such_call(path)
        kind = ": ".join(part for part in (title, detail) if part) or "HTTP %d" % status
        if status in (408, 429) or status >= 500:
            return problems.Unavailable("Haven VLM cannot do it now. " + kind)
        return problems.Refused(status, "Haven VLM refuses %s. %s" % (path, kind), title=title)

    def _redirects(self, headers):
        target = one_line(headers.get("Location", ""), 200)
        return problems.not_haven(self.settings, "it redirects to %s; enter that address if Haven VLM is there" % (target or "nowhere"))

    def _no_such_call(self, path):
        if not self.is_haven():
            return problems.not_haven(self.settings, "it has no %s" % path)
        version = "of an older version"
        if path != "/api/status":
            version = one_line(self.status().get("version", version), 50)
        return problems.too_old(self.settings, version, path, VERSION)

    def _send(self, method, path, body, timeout):
        headers = {"Accept": "application/json", "User-Agent": "havenvlm-stash-plugin/" + VERSION}
        data = None
        if method == "POST":
            data = b"" if body is None else json.dumps(body).encode("ascii")
            headers["Content-Type"] = "application/json"
        if self.settings.key:
            headers["x-functions-key"] = self._key()
        request = urllib.request.Request(self.settings.address + path, data=data, headers=headers, method=method)
        try:
            return within(timeout * _WHOLE, lambda ends: self._exchange(request, timeout, ends))
        except urllib.error.URLError as failure:
            reason = failure.reason
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise problems.certificate(self.settings, one_line(reason.verify_message, 200))
            raise problems.unreachable(self.settings, _why(reason, timeout))
        except (OSError, http.client.HTTPException) as reason:
            raise problems.unreachable(self.settings, _why(reason, timeout))

    def _exchange(self, request, timeout, ends):
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return response.status, response.headers, _bounded(response, ends)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, _bounded(answer, ends)

    def _key(self):
        if any(not "!" <= character <= "~" for character in self.settings.key):
            raise problems.wrong_key(self.settings)
        return self.settings.key


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _opener(settings):
    context = ssl.create_default_context()
    if settings.trust_any_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    handlers = [_NoRedirects(), urllib.request.HTTPSHandler(context=context)]
    if surroundings.is_near(settings.address):
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _bounded(response, ends):
    parts, size, announced = [], 0, response.headers.get("Content-Length")
    while announced is None or size < int(announced):
        # What has arrived, not as much as was asked for: that would wait for a trickle.
        part = response.read1(65536)
        if not part and announced is not None:
            raise http.client.IncompleteRead(b"", int(announced) - size)
        if not part:
            break
        parts.append(part)
        size += len(part)
        if size > _LARGEST_REPLY:
            raise http.client.HTTPException("the answer is larger than %d MB" % (_LARGEST_REPLY >> 20))
        if time.monotonic() > ends:
            raise http.client.HTTPException("the answer came too slowly")
    return b"".join(parts)


def _json(text):
    return json.loads(text.decode("utf-8")) if text.strip() else None


def _why(reason, timeout):
    if isinstance(reason, socket.timeout):
        return "no answer within %d s" % timeout
    if isinstance(reason, ConnectionRefusedError):
        return "connection refused, nothing listens there"
    if isinstance(reason, socket.gaierror):
        return "the name is not known here"
    return one_line(reason, 200) or type(reason).__name__
