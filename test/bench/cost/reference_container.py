"""The reference's way as a Lambda handler: create_item and one POST, one message after the other.

stdin gets one event a line; file descriptor 3 gets a line for each result, as from container.js.
"""

import json
import os
import sys
import time

import requests
from stactools.sentinel1.formats import Format
from stactools.sentinel1.grd.stac import create_item

BUCKET_URL = os.environ["BUCKET_URL"]
ITEMS_URL = os.environ["ITEMS_URL"]

session = requests.Session()
session.headers["Authorization"] = "Bearer bench"


def handler(event):
    for record in event["Records"]:
        path = json.loads(json.loads(record["body"])["Message"])["path"]
        item = create_item(f"{BUCKET_URL}/{path}", archive_format=Format.COG)
        item.collection_id = "sentinel-1-grd"
        session.post(ITEMS_URL, json=item.to_dict()).raise_for_status()


def tell(result):
    os.write(3, (json.dumps(result) + "\n").encode())


tell({"ready": True})
for line in sys.stdin:
    started = time.perf_counter()
    handler(json.loads(line))
    tell({"milliseconds": (time.perf_counter() - started) * 1000, "failed": 0})
