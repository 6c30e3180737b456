# Answers a quality gate's question: one value of Prometheus for each indicator, over the time of the test.
import json
import os
from datetime import datetime
from urllib.parse import urlencode
from urllib.request import urlopen

asked = json.loads(os.environ["GET_SLI"])
with open(os.path.join(os.path.dirname(__file__), "queries.json")) as file:
    queries = json.load(file)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


start, end = moment(asked["start"]), moment(asked["end"])
words = {
    "$PROJECT": os.environ["KEPTN_PROJECT"],
    "$STAGE": os.environ["KEPTN_STAGE"],
    "$SERVICE": os.environ["KEPTN_SERVICE"],
    "$DURATION": f"{max(1, round(end - start))}s",
}


def value_of(indicator):
    query = queries[indicator]
    for word, text in words.items():
        query = query.replace(word, text)
    address = os.environ["PROMETHEUS"] + "/api/v1/query?" + urlencode({"query": query, "time": end})
    with urlopen(address, timeout=30) as answer:
        found = json.load(answer)["data"]["result"]
    if len(found) != 1:
        raise ValueError(f"{len(found)} series, where one is wanted")
    return float(found[0]["value"][1])


def answer_for(indicator):
    try:
        return {"metric": indicator, "value": value_of(indicator), "success": True}
    except (KeyError, OSError, ValueError) as fault:
        return {"metric": indicator, "value": 0, "success": False, "message": f"{type(fault).__name__}: {fault}"}


values = [answer_for(indicator) for indicator in asked["indicators"]]
for value in values:
    print(value)
with open(os.environ["KEPTN_RESULT"], "w") as file:
    json.dump({"get-sli": {"start": asked["start"], "end": asked["end"], "indicatorValues": values}}, file)
