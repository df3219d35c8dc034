"""Starts the emulator with the few differences from AWS mended that the stacks come upon.

One function for each patch, and its docstring says why. A name that is gone fails the start: then the emulator was
changed, and the patch has to be looked at again.
"""

import functools
import json
import os
import re
from urllib.parse import unquote, urlparse
from xml.sax.saxutils import escape

from ministack.core import iam_actions, iam_evaluator
from ministack.services import athena, cloudwatch


def patch(module, name):
    """Replaces `module.name` by the decorated function, which gets the original as its first argument."""
    original = getattr(module, name)

    def replace(function):
        setattr(module, name, functools.wraps(original)(functools.partial(function, original)))
        return function

    return replace


@patch(iam_actions, "extract_iam_action")
def batches_are_their_single_action(original, *args, **kwargs):
    """AWS knows no permission sqs:SendMessageBatch: a batch is allowed by the action of one message."""
    action = original(*args, **kwargs)
    is_batch = action is not None and action.startswith(("sqs:", "sns:")) and action.endswith("Batch")
    return action[: -len("Batch")] if is_batch else action


@patch(iam_actions, "_lambda_action")
def one_mapping_is_not_the_list(original, method, path):
    """A mapping by its id is read as GetEventSourceMapping, changed and deleted likewise; the emulator checks a list."""
    if not re.search(r"/event-source-mappings/[^/]+/?$", path):
        return original(method, path)
    verb = {"GET": "Get", "PUT": "Update", "DELETE": "Delete"}.get(method, "Create")
    return f"{verb}EventSourceMapping"


@patch(iam_evaluator, "_resolve_condition_key")
def requests_come_by_tls(original, key, context):
    """On AWS every SDK comes by TLS; here all is plain HTTP, which a bucket's policy refuses."""
    return "true" if key.lower() == "aws:securetransport" else original(key, context)


@patch(iam_actions, "extract_resource_arn")
def requests_name_their_resource(original, service, method, path, headers, body, query, region, account):
    """AWS checks these requests on the resource that they name, the emulator on `*` or on another one."""
    arn = original(service, method, path, headers, body, query, region, account)
    given = _Given(path, body, query)
    tagged = given("ResourceArn") or given("ResourceARN") or given.path_arn()
    if arn == "*" and tagged:
        return tagged
    named = _NAMED.get(service, lambda given: None)(given)
    return named.format(region=region, account=account) if named else arn


class _Given:
    """A parameter of a request, wherever its protocol puts it."""

    def __init__(self, path, body, query):
        self.path, self.query = path, query
        try:
            parsed = json.loads(body or b"{}")
        except ValueError:
            parsed = {}
        self.body = parsed if isinstance(parsed, dict) else {}

    def __call__(self, name):
        value = self.body.get(name) or self.query.get(name) or self.query.get(f"{name}.member.1")
        return value[0] if isinstance(value, list) and value else value

    def path_arn(self):
        found = re.search(r"/tags/(arn(?::|%3A).+)$", self.path)
        return found and unquote(found.group(1))


def _of_athena(given):
    query = athena._executions.get(given("QueryExecutionId"))
    group = query["WorkGroup"] if query else given("WorkGroup") or given("Name")
    return group and f"arn:aws:athena:{{region}}:{{account}}:workgroup/{group}"


def _of_cloudwatch(given):
    dashboard = given("DashboardName") or given("DashboardNames")
    if dashboard:
        return f"arn:aws:cloudwatch::{{account}}:dashboard/{dashboard}"
    if given("Action") == "DescribeAlarms":
        return "arn:aws:cloudwatch:{region}:{account}:alarm:*"
    alarm = given("AlarmName") or given("AlarmNames")
    return alarm and f"arn:aws:cloudwatch:{{region}}:{{account}}:alarm:{alarm}"


def _of_glue(given):
    is_database = given("Name") and not given("DatabaseName") or given("DatabaseInput")
    name = given("Name") or (given("DatabaseInput") or {}).get("Name")
    return f"arn:aws:glue:{{region}}:{{account}}:database/{name}" if is_database else None


def _of_lambda(given):
    is_creation = given.path.rstrip("/").endswith("/functions") and given("FunctionName")
    return f"arn:aws:lambda:{{region}}:{{account}}:function:{given('FunctionName')}" if is_creation else None


def _of_scheduler(given):
    name = re.search(r"/schedules/([^/]+)$", given.path)
    group = given("GroupName") or given("groupName")
    return name and group and f"arn:aws:scheduler:{{region}}:{{account}}:schedule/{group}/{name.group(1)}"


_NAMED = {
    "athena": _of_athena,
    "glue": _of_glue,
    "lambda": _of_lambda,
    "logs": lambda given: "logGroupNamePrefix" in given.body and "arn:aws:logs:{region}:{account}:log-group:*",
    "monitoring": _of_cloudwatch,
    "scheduler": _of_scheduler,
}


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


@patch(cloudwatch, "_describe_alarms")
def alarms_are_described_whole(original, params, cbor_data, is_cbor, is_json=False):
    """In the query protocol period, dimensions, statistic and actions are left out: every plan would show drift."""
    if is_cbor or is_json:
        return original(params, cbor_data, is_cbor, is_json)
    request = {key: params[key][0] for key in ("AlarmNamePrefix", "NextToken", "MaxRecords") if key in params}
    request["AlarmNames"] = [params[key][0] for key in sorted(params) if key.startswith("AlarmNames.member.")]
    status, headers, body = original(params, request, False, True)
    if status != 200:
        return original(params, cbor_data, is_cbor, is_json)
    return cloudwatch._xml(200, "DescribeAlarmsResponse", _xml("DescribeAlarmsResult", json.loads(body)))


def _xml(name, value):
    if value is None or name.endswith("Timestamp"):
        return ""
    if isinstance(value, dict):
        inner = "".join(_xml(key, part) for key, part in value.items())
    elif isinstance(value, list):
        inner = "".join(_xml("member", part) for part in value)
    else:
        inner = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{inner}</{name}>"


if __name__ == "__main__":
    from ministack.app import main

    main()
