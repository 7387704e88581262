/**
 * Reads `{"format", "texts"}` as JSON and writes one outcome for each text. Numbers travel as strings, because NaN and
 * the infinities are not JSON.
 */
export const PARSE_SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as classic

def number(value):
    return None if value is None else repr(float(value))

def exemplar(value):
    return value and {"labels": value.labels, "value": number(value.value), "timestamp": number(value.timestamp)}

def sample(value):
    return {"name": value.name, "labels": value.labels, "value": number(value.value),
            "timestamp": number(value.timestamp), "exemplar": exemplar(value.exemplar)}

def family(value):
    return {"name": value.name, "documentation": value.documentation, "type": value.type, "unit": value.unit,
            "samples": [sample(each) for each in value.samples]}

def outcome(text):
    try:
        return {"ok": True, "families": [family(each) for each in parse(text)]}
    except Exception as error:
        return {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}

request = json.load(sys.stdin.buffer)
parse = {"openmetrics": openmetrics, "classic": classic}[request["format"]].text_string_to_metric_families
json.dump([outcome(text) for text in request["texts"]], sys.stdout)
`;
