"""Makes Athena read the tables of an S3 Inventory."""

import json
import os
import re
from urllib.parse import urlparse

from ministack.services import athena

from patching import patch


@patch(athena, "_materialize_table_files")
def symlinks_are_followed(original, location, workdirs):
    """The tables are folders of symlink.txt; a listed file that does not exist fails the query."""
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
    # Next to the link, so that the folder dt=... is still its partition.
    path = prefix + os.path.basename(url.path)
    with open(path, "wb") as file:
        file.write(data)
    return path


_queries_by_token = {}


@patch(athena, "_start_query_execution")
def tokens_make_a_query_once(original, data):
    """The same ClientRequestToken must return the same query; the emulator ignores the token."""
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
    """Athena writes results/<id>.csv, quotes everything except null and ends lines with LF; the emulator differs."""
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


# Functions of Trino that inventory queries use and DuckDB does not have.
_MACROS = (
    "CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)",
    "CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)",
    "CREATE MACRO trino_url_decode(text) AS url_decode(replace(text, '+', ' '))",
    "SET TimeZone = 'UTC'",
)


def _as_duckdb(query):
    """Trino's url_decode turns a plus into a space, DuckDB's does not. A macro must not call one of the same name."""
    return re.sub(r"\burl_decode\(", "trino_url_decode(", query)


@patch(athena, "_run_duckdb")
async def duckdb_knows_trino(original, *args, **kwargs):
    """Athena uses Trino's dialect: its functions become macros in each new connection."""
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
