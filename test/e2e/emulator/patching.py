"""Patches the emulator. A name that no longer exists fails the start, so that its patch is reviewed."""

import functools


def patch(module, name):
    """Replaces `module.name` by the decorated function, which gets the original as its first argument."""
    original = getattr(module, name)

    def replace(function):
        setattr(module, name, functools.wraps(original)(functools.partial(function, original)))
        return function

    return replace
