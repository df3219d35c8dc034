"""Times a function that makes Items, called as a Python program would call it: without a worker.

Reads lines of JSON, {"hrefs": [...], "arguments": {...}, "output": "/tmp/copies"}, and answers each with the seconds that
the Items of all hrefs took. With `output`, each Item gets a new folder there, which is removed afterwards.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))


def loaded(target):
    if target.endswith(".py"):
        spec = importlib.util.spec_from_file_location("create_item", target)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.create_item
    path, _, name = target.partition(":")
    return getattr(importlib.import_module(path), name)


def make(create_item, href, request):
    if "output" not in request:
        return create_item(href, **request["arguments"])
    folder = tempfile.mkdtemp(dir=request["output"])
    try:
        return create_item(href, output=folder, **request["arguments"])
    finally:
        shutil.rmtree(folder)


def main():
    create_item = loaded(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the package prints
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        for href in request["hrefs"]:
            made = make(create_item, href, request)
            if hasattr(made, "to_dict"):
                made.to_dict()
        answers.write(f"{time.perf_counter() - started}\n")
        answers.flush()


main()
