"""The runner of the Haven VLM plugin for Stash."""

VERSION = "0.1.0"
