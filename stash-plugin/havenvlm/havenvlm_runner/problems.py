"""What can go wrong, each with what to do about it."""

from . import surroundings


class Problem(Exception):
    """A sentence for the log, and lines that say what to check."""

    def __init__(self, message, advice=()):
        super().__init__(message)
        self.message = message
        self.advice = list(advice)


class Unreachable(Problem):
    """Nobody answered; later it may be different."""


class Unavailable(Problem):
    """The service answered that it cannot do it now; later it may be different."""


class Refused(Problem):
    """The service answered that it will not do it."""

    def __init__(self, status, message, advice=(), title=""):
        super().__init__(message, advice)
        self.status = status
        self.title = title


class NotHaven(Refused):
    """Something else answered: it says nothing about instances and scenes."""


WHERE = "Stash: Settings > Plugins > Haven VLM (before v0.24: the file havenvlm.json beside havenvlm.yml)"


def unreachable(settings, reason):
    advice = [
        "Check that Haven VLM runs (`haven serve`, or its container) and that the address is right.",
        "The address is set in %s; it comes from %s now." % (WHERE, settings.origin("address") if settings.origins.get("address") else "the default"),
    ]
    if surroundings.in_container():
        if surroundings.is_loopback(settings.address):
            advice.append("Stash runs in a container here, so this address is Stash's own container and not the machine that it runs on.")
        advice.append(
            "From a container use http://host.docker.internal:7071 for a Haven VLM on the same machine (on Linux Stash's container needs"
            ' extra_hosts: "host.docker.internal:host-gateway"), http://haven:7071 for one in the same compose file (its service name),'
            " or the address of the machine in your network."
        )
    advice.append(
        'To be reached from elsewhere Haven VLM has to listen beyond its own machine: server.listen "http://0.0.0.0:7071" in haven.yaml, and no'
        " firewall in between. `haven plugin-settings` prints the address and the key to enter."
    )
    return Unreachable("Haven VLM cannot be reached at %s: %s." % (settings.address, reason), advice)


def certificate(settings, reason):
    return Problem(
        "The certificate of %s is not trusted: %s." % (settings.address, reason),
        ["Use the http address, or switch on 'Trust any certificate' in %s." % WHERE],
    )


def wrong_key(settings):
    what = "does not take the key that is set" if settings.key else "needs a key, and none is set"
    origin = " The key in force comes from %s." % settings.origin("key") if settings.key else ""
    return Refused(
        401,
        "Haven VLM at %s %s." % (settings.address, what),
        ["`haven plugin-settings` prints the key.%s It is set in %s." % (origin, WHERE)],
    )


def not_haven(settings, what):
    return NotHaven(
        0,
        "What answers at %s is not Haven VLM: %s." % (settings.address, what),
        ["Check the port. `haven plugin-settings` prints the right address; it is set in %s." % WHERE],
    )


def too_old(settings, version, call, plugin_version):
    return NotHaven(
        0,
        "Haven VLM %s at %s does not know %s yet." % (version, settings.address, call),
        ["The plugin is version %s. Update the service to the same version." % plugin_version],
    )
