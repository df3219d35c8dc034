"""Makes CloudWatch return what Terraform reads."""

import json
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from patching import patch


@patch(cloudwatch, "_describe_alarms")
def alarms_are_described_whole(original, params, cbor_data, is_cbor, is_json=False):
    """The query protocol leaves out period, dimensions, statistic and actions, so every plan would show drift."""
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
