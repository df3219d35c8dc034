"""Starts the emulator, patched where the stacks meet a difference from AWS.

Each patch is one function; its docstring says why.
"""

import alarms  # noqa: F401
import images  # noqa: F401
import permissions  # noqa: F401
import queries  # noqa: F401

if __name__ == "__main__":
    from ministack.app import main

    main()
