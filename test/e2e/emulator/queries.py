"""Athena on the tables of an S3 Inventory."""

import json
import os
import re
from urllib.parse import urlparse

from ministack.services import athena

from patching import patch


@patch(athena, "_materialize_table_files")
def symlinks_are_followed(original, location, workdirs):
    """S3 Inventory's tables are folders of symlink.txt; a listed file that does not exist fails the query."""
    return [path for file in original(location, workdirs) for path in _linked(file)]


def _linked(file):
    if os.path.basename(file) != "symlink.txt":
        return [file]
    with open(file, encoding="utf-8") as lines:
        hrefs = [line.strip() for line in lines if line.strip()]
    os.remove(file)
    return [_fetch(href, f"{os.path.dirname(file)}/{index}-") for index, href in enumerate(hrefs)]


def _fetch(href, prefix):
    from ministack.services import s3

    url = urlparse(href)
    data = s3._get_object_data(url.netloc, url.path.lstrip("/"))
    if data is None:
        raise FileNotFoundError(f"HIVE_CANNOT_OPEN_SPLIT: {href} does not exist")
    # Beside the link, so that the folder dt=... still is its partition.
    path = prefix + os.path.basename(url.path)
    with open(path, "wb") as file:
        file.write(data)
    return path


_queries_by_token = {}


@patch(athena, "_start_query_execution")
def tokens_make_a_query_once(original, data):
    """The same ClientRequestToken has to give the same query again, which the emulator ignores."""
    token = data.get("ClientRequestToken")
    known = _queries_by_token.get(token)
    if known is not None and known["QueryExecutionId"] in athena._executions:
        return athena.json_response(known)
    status, headers, body = answer = original({**data, "QueryString": _as_duckdb(data.get("QueryString", ""))})
    if token is not None and status == 200:
        _queries_by_token[token] = json.loads(body)
    return answer


@patch(athena, "_save_query_results")
async def results_are_where_they_are_said_to_be(original, query_id):
    """The emulator writes results/<id>.csv/<id>.csv; and Athena quotes all but null, and ends lines with LF alone."""
    from ministack.services import s3

    query = athena._executions[query_id]
    url = urlparse(query["ResultConfiguration"]["OutputLocation"])
    rows = [query["_results"]["columns"], *query["_results"]["rows"]]
    data = "".join(",".join(map(_quoted, row)) + "\n" for row in rows).encode()
    headers = {"content-type": "text/csv", "content-length": str(len(data))}
    status, _, body = s3._put_object(url.netloc, url.path.lstrip("/"), data, headers)
    if status >= 300:
        raise OSError(f"{url.geturl()} cannot be written: {body}")


def _quoted(value):
    return "" if value is None else '"' + athena._datum_text(value).replace('"', '""') + '"'


# What inventory queries use of Trino's and DuckDB lacks.
_MACROS = (
    "CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)",
    "CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)",
    "CREATE MACRO trino_url_decode(text) AS url_decode(replace(text, '+', ' '))",
    "SET TimeZone = 'UTC'",
)


def _as_duckdb(query):
    """Trino's url_decode makes a plus a blank, DuckDB's does not; a macro must not call its namesake."""
    return re.sub(r"\burl_decode\(", "trino_url_decode(", query)


@patch(athena, "_run_duckdb")
async def duckdb_knows_trino(original, *args, **kwargs):
    """Athena speaks Trino's dialect: its functions are macros in each new connection."""
    import duckdb

    if not hasattr(duckdb, "plain_connect"):
        duckdb.plain_connect = duckdb.connect
        duckdb.connect = _connect
    return await original(*args, **kwargs)


def _connect(*args, **kwargs):
    import duckdb

    connection = duckdb.plain_connect(*args, **kwargs)
    for statement in _MACROS:
        connection.execute(statement)
    return connection
