"""Starts the emulator with the few differences from AWS mended that the stacks come upon.

One function for each patch, and its docstring says why.
"""

import alarms  # noqa: F401
import permissions  # noqa: F401
import queries  # noqa: F401

if __name__ == "__main__":
    from ministack.app import main

    main()
