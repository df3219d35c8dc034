"""Checks a request for the action and the resource that AWS would check."""

import json
import re
from urllib.parse import unquote

from ministack.core import iam_actions, iam_evaluator
from ministack.services import athena

from patching import patch


@patch(iam_actions, "extract_iam_action")
def batches_are_their_single_action(original, *args, **kwargs):
    """AWS has no permission sqs:SendMessageBatch: sqs:SendMessage allows a batch."""
    action = original(*args, **kwargs)
    is_batch = action is not None and action.startswith(("sqs:", "sns:")) and action.endswith("Batch")
    return action[: -len("Batch")] if is_batch else action


@patch(iam_actions, "_lambda_action")
def one_mapping_is_not_the_list(original, method, path):
    """AWS checks GetEventSourceMapping and its kin for one mapping; the emulator checks the action for a list."""
    if not re.search(r"/event-source-mappings/[^/]+/?$", path):
        return original(method, path)
    verb = {"GET": "Get", "PUT": "Update", "DELETE": "Delete"}.get(method, "Create")
    return f"{verb}EventSourceMapping"


@patch(iam_actions, "_lambda_action")
def settings_of_a_function_have_their_own_actions(original, method, path):
    """AWS has actions for these settings; the emulator checks those for the code, or none."""
    setting = {"event-invoke-config": "EventInvokeConfig", "recursion-config": "RecursionConfig"}.get(path.rstrip("/").split("/")[-1])
    verb = {"GET": "Get", "PUT": "Put", "POST": "Update", "DELETE": "Delete"}.get(method)
    return f"{verb}Function{setting}" if setting else original(method, path)


@patch(iam_evaluator, "_resolve_condition_key")
def requests_come_by_tls(original, key, context):
    """On AWS every SDK uses TLS; the emulator uses plain HTTP, which a bucket policy denies."""
    return "true" if key.lower() == "aws:securetransport" else original(key, context)


@patch(iam_actions, "extract_resource_arn")
def requests_name_their_resource(original, service, method, path, headers, body, query, region, account):
    """AWS checks these requests for the resource that they name, the emulator for `*` or another one."""
    arn = original(service, method, path, headers, body, query, region, account)
    given = _Given(path, body, query)
    tagged = given("ResourceArn") or given("ResourceARN") or given.path_arn()
    if arn == "*" and tagged:
        return tagged
    named = _NAMED.get(service, lambda given: None)(given)
    return named.format(region=region, account=account) if named else arn


class _Given:
    """Returns a parameter of a request in any protocol."""

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
