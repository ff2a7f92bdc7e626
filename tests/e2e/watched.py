"""Streamlit, which on SIGUSR1 writes the name of each thread and the files in its stack.

`faulthandler` would do it without the interpreter's lock, and crashes a busy one now and then.
"""

import signal
import sys
import threading
import traceback

from streamlit.web.cli import main

END_OF_DUMP = "end of the threads"


def _dump(*_: object) -> None:
    # No sources are read here: meanwhile the other threads would go on.
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = [
        "\n".join(
            [str(names.get(ident)), *(f.f_code.co_filename for f, _ in traceback.walk_stack(top))]
        )
        for ident, top in sys._current_frames().items()
    ]
    print("\n\n".join([*stacks, END_OF_DUMP]), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _dump)
    main()
