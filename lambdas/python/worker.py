"""Makes STAC Items with a Python function for the Node.js process that started this one.

A request is one line of JSON on descriptor 3, and its answer one line on descriptor 4:

    {"id": 1, "href": "/tmp/granule.nc", "arguments": {"output": "/tmp/copies"}}
    {"id": 1, "items": [...], "rss_mb": 120}
    {"id": 1, "error": {"name": "ValueError", "message": "...", "at": "stac.py:12", "permanent": false}}

The first answer says whether the function could be imported. What the function prints goes to descriptors 1 and 2,
so it is never taken for an answer.
"""

import ctypes
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import traceback

MAX_MESSAGE = 2_000
MAX_TRACE = 4_000
PR_SET_PDEATHSIG = 1


class GranuleError(Exception):
    """Raise this if a granule can never become an Item, so that its message is not tried again.

    Example::

        from stac_pipelines import GranuleError

        raise GranuleError("the file name has no date")
    """


def load(target):
    """Returns the function of `package.module:function`, or `create_item` of a file that ends with .py."""
    if target.endswith(".py"):
        sys.path.insert(0, os.path.dirname(target))
        spec = importlib.util.spec_from_file_location("create_item", target)
        module = importlib.util.module_from_spec(spec)
        sys.modules["create_item"] = module
        spec.loader.exec_module(module)
        name = "create_item"
    else:
        path, _, name = target.partition(":")
        module = importlib.import_module(path)
    function = getattr(module, name, None)
    if not callable(function):
        raise AttributeError(f"{target} has no function {name}")
    return function


def items_of(made):
    """Returns a list of Item dicts for None, an Item, a dict, an ItemCollection, or an iterable of these."""
    if made is None:
        return []
    if isinstance(made, dict):
        return made["features"] if made.get("type") == "FeatureCollection" else [made]
    if isinstance(made, (str, bytes)):
        raise TypeError(f"create_item returned {type(made).__name__}, not an Item")
    if hasattr(made, "to_dict"):
        return items_of(made.to_dict(**to_dict_arguments(made)))
    return [item for part in made for item in items_of(part)]


def to_dict_arguments(made):
    """A pystac Item would read the catalog that its root link names, to write hrefs relative to it."""
    is_pystac_item = any(f"{base.__module__}.{base.__name__}" == "pystac.item.Item" for base in type(made).__mro__)
    return {"include_self_link": False, "transform_hrefs": False} if is_pystac_item else {}


def is_permanent(error, permanent):
    """Whether another try of the same granule cannot help, by the names of the class and its bases."""
    names = set()
    for base in type(error).__mro__:
        names.update((base.__name__, f"{base.__module__}.{base.__qualname__}"))
    return not names.isdisjoint({"GranuleError", "FileNotFoundError", *permanent})


def place_of(error):
    """Returns `file.py:12` of the innermost frame; an empty text if there is none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    return f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""


def described(error, permanent=False):
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {
        "name": type(error).__name__,
        "message": str(error)[:MAX_MESSAGE],
        "at": place_of(error),
        "permanent": permanent,
        "trace": trace[-MAX_TRACE:],
    }


def memory_gauge():
    """Returns a function that gives the memory in use, in MiB; elsewhere than on Linux the most that was ever used."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20
    page = os.sysconf("SC_PAGE_SIZE")
    return lambda: int(os.pread(statm, 200, 0).split()[1]) * page // 2**20


def prepare(config):
    """Keeps this process from outliving the one that started it, and from taking its memory. Linux only."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # the kernel ends this process before the one that started it
    except (OSError, AttributeError):
        pass
    if config.get("memory_mb"):
        limit = config["memory_mb"] * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def forget_downloads():
    """Empties GDAL's cache after an error: of an object in S3 that is missing, it also remembers that it has no folder, and
    would fail the next time without a request, whatever CPL_VSIL_CURL_NON_CACHED says."""
    try:
        with open("/proc/self/maps") as maps:
            libraries = {line.split(maxsplit=5)[-1].strip() for line in maps if "libgdal" in line}
        for library in libraries:
            ctypes.CDLL(library).VSICurlClearCache()
    except (OSError, AttributeError):
        pass


def lines_of(items):
    """Returns the Items as JSON. Raises for NaN and for values that JSON lacks: their text would be a wrong Item."""
    return json.dumps(items, separators=(",", ":"), allow_nan=False)


def make(create_item, request, permanent):
    """Returns the answer to a request, without its id, as members of a JSON object."""
    try:
        made = create_item(request["href"], **request.get("arguments", {}))
        items = items_of(made)
    except BaseException as error:  # sys.exit of a package, too
        forget_downloads()
        return '"error":' + json.dumps(described(error, is_permanent(error, permanent)))
    try:
        return f'"items":{lines_of(items)}'
    except (TypeError, ValueError) as error:
        wrong = described(error, permanent=True)
        wrong.update(message=f"the Item cannot be written as JSON: {error}"[:MAX_MESSAGE], at="")
        return '"error":' + json.dumps(wrong)


def main():
    config = json.loads(os.environ.pop("WORKER"))
    sys.modules["stac_pipelines"] = sys.modules["__main__"]
    requests, answers = os.fdopen(3, "rb"), os.fdopen(4, "wb", buffering=0)
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)  # a program that the package starts must not hold them open
    prepare(config)
    permanent = frozenset(config.get("permanent_errors", ()))
    rss_mb = memory_gauge()

    def answer(text):
        data = memoryview(text.encode() + b"\n")
        while data:
            data = data[os.write(answers.fileno(), data) :]

    started = time.perf_counter()
    try:
        create_item = load(config["function"])
    except BaseException as error:
        answer(json.dumps({"ready": False, "error": described(error)}))
        return 1
    milliseconds = round((time.perf_counter() - started) * 1000)
    answer(json.dumps({"ready": True, "python": sys.version.split()[0], "import_ms": milliseconds}))
    for line in requests:
        request = json.loads(line)
        members = make(create_item, request, permanent)
        sys.stdout.flush()
        sys.stderr.flush()
        answer(f'{{"id":{request["id"]},{members},"rss_mb":{rss_mb()}}}')
    return 0


if __name__ == "__main__":
    sys.exit(main())
