"""What Stash starts: reads one JSON document from standard input, does what it asks, answers with one on standard output.

Python 3.8 or newer and its standard library are enough.
"""

import sys

# A folder with files that Stash did not install would stay behind when the plugin is removed.
sys.dont_write_bytecode = True

from havenvlm_runner import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main.run(sys.stdin.buffer, sys.stdout.buffer))
