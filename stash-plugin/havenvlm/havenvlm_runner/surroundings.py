"""Where this runs: in a container 127.0.0.1 is Stash itself and not the machine."""

import ipaddress
import os
from urllib.parse import urlsplit

_MARKS = ("/.dockerenv", "/run/.containerenv")
_CGROUPS = ("docker", "kubepods", "containerd", "libpod", "lxc")


def in_container():
    if os.environ.get("container") or os.environ.get("KUBERNETES_SERVICE_HOST") or any(os.path.exists(mark) for mark in _MARKS):
        return True
    try:
        with open("/proc/1/cgroup", encoding="utf-8", errors="replace") as groups:
            text = groups.read(65536)
    except OSError:
        return False
    return any(name in text for name in _CGROUPS)


def is_loopback(address):
    host = (urlsplit(address).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_near(address):
    """Whether the address is of this machine or network, where a proxy has no place."""
    host = (urlsplit(address).hostname or "").lower()
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".home", ".localhost"))
