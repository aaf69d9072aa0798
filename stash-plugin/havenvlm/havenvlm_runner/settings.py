"""The address and the key of the service: from Stash's page of plugin settings, else from havenvlm.json, else the usual ones."""

import json
import os
import ssl
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from . import stashlog
from .deadline import within
from .problems import Problem

DEFAULT_ADDRESS = "http://127.0.0.1:7071"
FILE = "havenvlm.json"
PLUGIN = "havenvlm"
_QUERY = "query HavenVlmSettings { configuration { plugins } }"
_NAMES = {"address": str, "key": str, "trustAnyCertificate": bool, "doNotWait": bool}


class Settings:
    """What is in force, and for each value where it was given."""

    def __init__(self, values, origins):
        self.address = normal_address(values.get("address") or DEFAULT_ADDRESS)
        self.key = (values.get("key") or "").strip()
        self.trust_any_certificate = bool(values.get("trustAnyCertificate"))
        self.do_not_wait = bool(values.get("doNotWait"))
        self.origins = origins

    def origin(self, name):
        return self.origins.get(name, "nowhere")


def read(connection):
    """A value that is set in Stash takes precedence over the same value in the file."""
    folder = connection.get("PluginDir") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    values, origins = {}, {}
    for source, given in ((FILE, _from_file(os.path.join(folder, FILE))), ("Stash's plugin settings", _from_stash(connection))):
        for name, kind in _NAMES.items():
            value = given.get(name)
            if isinstance(value, kind) and value:
                values[name] = value
                origins[name] = source
    return Settings(values, origins)


def stash_address(connection):
    """Where Stash listens, as a process beside it reaches it."""
    host = str(connection.get("Host") or "127.0.0.1")
    if host in ("0.0.0.0", ""):
        host = "127.0.0.1"
    elif host in ("::", "[::]"):
        host = "::1"
    if ":" in host and not host.startswith("["):
        host = "[%s]" % host
    scheme = "https" if connection.get("Scheme") == "https" else "http"
    return "%s://%s:%d" % (scheme, host, int(connection.get("Port") or 9999))


def normal_address(text):
    """An address as people write it, as the beginning of every call's address."""
    address = text.strip()
    if "://" not in address:
        address = "http://" + address
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or parts.username or any(c.isspace() for c in address):
        raise Problem(
            'The address "%s" of Haven VLM cannot be used.' % stashlog.one_line(text, 200),
            ["Write it like http://192.168.1.20:7071; `haven plugin-settings` prints the right one."],
        )
    path = parts.path.rstrip("/")
    for tail in ("/plugin/index.yml", "/plugin", "/api"):
        if path.endswith(tail):
            path = path[: -len(tail)]
            break
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _from_file(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            given = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as reason:
        raise Problem(
            "%s cannot be read: %s." % (path, reason),
            ['It looks like {"address": "http://192.168.1.20:7071", "key": "..."}; `haven plugin-settings` prints it.'],
        )
    if not isinstance(given, dict):
        raise Problem("%s does not hold a JSON object." % path, ['It looks like {"address": "http://192.168.1.20:7071", "key": "..."}.'])
    for name in given:
        if name not in _NAMES:
            stashlog.warning('%s: "%s" is not known and is ignored; known are %s.' % (path, name, ", ".join(_NAMES)))
        elif not isinstance(given[name], _NAMES[name]):
            stashlog.warning('%s: "%s" has to be %s and is ignored.' % (path, name, "text" if _NAMES[name] is str else "true or false"))
    return given


def _from_stash(connection):
    """Before v0.24 Stash has no plugin settings and refuses the question."""
    if not connection.get("Port"):
        return {}
    try:
        reply = within(20, lambda _: _ask_stash(connection))
    except urllib.error.HTTPError as refusal:
        if refusal.code != 422:
            stashlog.warning("Stash did not tell the plugin's settings (HTTP %d); %s and defaults are used." % (refusal.code, FILE))
        return {}
    except (OSError, ValueError) as reason:
        stashlog.warning("Stash did not tell the plugin's settings (%s); %s and defaults are used." % (reason, FILE))
        return {}
    data = reply.get("data") if isinstance(reply, dict) else None
    plugins = ((data or {}).get("configuration") or {}).get("plugins") or {}
    given = plugins.get(PLUGIN)
    return given if isinstance(given, dict) else {}


def _ask_stash(connection):
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    cookie = connection.get("SessionCookie")
    if isinstance(cookie, dict) and cookie.get("Name"):
        headers["Cookie"] = "%s=%s" % (cookie["Name"], cookie.get("Value", ""))
    body = json.dumps({"query": _QUERY}).encode("ascii")
    request = urllib.request.Request(stash_address(connection) + "/graphql", data=body, headers=headers, method="POST")
    # Stash's certificate names the address that people use and not the one of its own machine.
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=anyone))
    with opener.open(request, timeout=10) as response:
        return json.loads(response.read(1 << 22).decode("utf-8"))
