"""Runs functions with an image, for which the emulator would need a Docker engine."""

import io
import json
import os
import shlex
import shutil
import zipfile

from ministack.services import lambda_svc

from patching import patch

IMAGES = os.environ["E2E_IMAGES"]

OWN_NAMESPACES = """
set -e
mount --bind {root} {root}
mount -t tmpfs -o size={scratch}m,mode=1777 tmpfs {root}/tmp
mount -t proc proc {root}/proc
mount --bind /dev {root}/dev
mount -o remount,ro,bind {root}
{chroot} --userspec=65534:65534 {root} {command}
exit $?
"""


@patch(lambda_svc, "_execute_function_docker")
def images_run_unpacked(original, function, event, request_id):
    """AWS runs the image. Here its root file system, which the suite unpacked, runs read-only on the emulator's Runtime API."""
    config = function.get("config") or function
    folder = os.path.join(IMAGES, config["ImageUri"].rsplit(":", 1)[1])
    if not os.path.isdir(folder):
        message = f"Source image {config['ImageUri']} does not exist. Provide a valid source image."
        return {"body": {"errorType": "InvalidParameterValueException", "errorMessage": message}, "error": True}
    inner = {**function, "code_zip": zipped(bootstrap(folder, config))}
    # What the emulator itself tells functions in Node.js and Python.
    endpoint = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"}
    inner["config"] = {
        **config,
        "Runtime": "provided.al2023",
        "Handler": "app.handler",
        "PackageType": "Zip",
        "Environment": {"Variables": endpoint | given_to(config)},
    }
    return lambda_svc._execute_function_provided_warm(inner, event, request_id)


def given_to(config):
    """Returns the variables of a function."""
    return config.get("Environment", {}).get("Variables", {})


def bootstrap(folder, config):
    """Returns the script of a container: the variables of the image below those of the function, then its entry point."""
    with open(os.path.join(folder, "config.json"), encoding="utf8") as file:
        image = json.load(file)
    given = given_to(config)
    variables = dict(entry.split("=", 1) for entry in image["Env"])
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items() if name not in given]
    script = OWN_NAMESPACES.format(
        root=shlex.quote(os.path.join(folder, "root")),
        # The variables of the image replace the PATH of this machine.
        chroot=shutil.which("chroot") or "/usr/sbin/chroot",
        scratch=config.get("EphemeralStorage", {}).get("Size", 512),
        command=shlex.join(image["Entrypoint"] + image["Cmd"]),
    )
    return "\n".join(
        [
            "#!/bin/sh",
            "unset LD_LIBRARY_PATH PYTHONPATH NODE_PATH TMPDIR",
            *exports,
            f"exec unshare -m -p -f --kill-child /bin/sh -c {shlex.quote(script)}",
        ]
    )


def zipped(script):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, script)
    return data.getvalue()
