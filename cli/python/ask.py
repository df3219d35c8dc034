"""Imports a function, and calls it without arguments if asked to.

Answers with one line of JSON on descriptor 1. What the package prints goes to descriptor 2, where it cannot be taken for
the answer.
"""

import importlib
import inspect
import json
import math
import os
import sys


def answer(**values):
    answers.write(json.dumps(values, allow_nan=False) + "\n")
    answers.flush()
    sys.exit(0)


def said(error):
    return f"{type(error).__name__}: {error}"


def needed_arguments(function):
    """Names the arguments without which the function cannot be called."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # it is written in C
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [one.name for one in parameters if one.default is one.empty and one.kind not in optional]


def not_json(value, place=""):
    """Returns the place and the value of the first member that JSON lacks; None if there is none."""
    if isinstance(value, dict):
        members = [(f"{place}.{key}".lstrip("."), member) for key, member in value.items()]
    elif isinstance(value, (list, tuple)):
        members = [(f"{place}[{index}]", member) for index, member in enumerate(value)]
    elif value is None or isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return None
    else:
        return f"{place} is {value!r}" if isinstance(value, float) else f"{place} is of the type {type(value).__name__}"
    return next((found for name, member in members if (found := not_json(member, name)) is not None), None)


module, name, folder, wants_call = sys.argv[1:]
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
sys.path[0] = folder
try:
    function = getattr(importlib.import_module(module), name, None)
except BaseException as error:
    answer(kind="import", error=said(error))
if not callable(function):
    answer(kind="missing", error=f"module {module} has no function {name}")
if wants_call == "no":
    answer(value=None)
if missing := needed_arguments(function):
    answer(kind="arguments", error=", ".join(missing))
try:
    made = function()
    if not isinstance(made, dict):
        made = made.to_dict(include_self_link=False, transform_hrefs=False)
except BaseException as error:
    answer(kind="call", error=said(error))
if (fault := not_json(made)) is not None:
    answer(kind="json", error=fault)
answer(value=made)
