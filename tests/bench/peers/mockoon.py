import json

import jobs
from servers import PEERS, Server, npm_folder, npm_install

VERSION = "9.9.0"
PACKAGE = f"@mockoon/cli@{VERSION}"
DATA_VERSION = 33


def response(name, **fields):
    return {"uuid": name, "body": "", "latency": 0, "statusCode": 200, "label": "", "headers": [], "bodyType": "INLINE",
            "filePath": "", "databucketID": "", "sendFileAsBody": False, "rules": [], "rulesOperator": "OR",
            "disableTemplating": True, "fallbackTo404": False, "default": False, "crudKey": "id", "callbacks": [],
            **fields}


def route(number):
    rule = {"target": "header", "modifier": "Authorization", "value": f"Bearer {jobs.TOKEN}", "invert": False,
            "operator": "equals"}
    return {
        "uuid": f"route-{number}", "type": "http", "documentation": "", "method": "get",
        "endpoint": jobs.path(number).lstrip("/"), "responseMode": None, "streamingMode": None, "streamingInterval": 0,
        "responses": [
            response(f"answer-{number}", rules=[rule], body=jobs.compact(jobs.answer(number))),
            response(f"refusal-{number}", statusCode=401, default=True),
        ],
    }


def prepare(setting):
    routes = [route(number) for number in range(setting.jobs)]
    environment = {
        "uuid": "bench", "lastMigration": DATA_VERSION, "name": "bench", "endpointPrefix": "", "latency": 0,
        "port": setting.port, "hostname": "127.0.0.1", "folders": [], "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
        "proxyMode": False, "proxyHost": "", "proxyRemovePrefix": False, "tlsOptions": {"enabled": False}, "cors": False,
        "headers": [{"key": "Content-Type", "value": "application/json"}], "proxyReqHeaders": [], "proxyResHeaders": [],
        "data": [], "callbacks": [],
    }
    file = setting.folder / "environment.json"
    file.write_text(json.dumps(environment))
    return ["node", PEERS / "mockoon.js", npm_folder(PACKAGE) / "node_modules/@mockoon/commons-server", file]


SERVER = Server(
    name="Mockoon",
    version=lambda: VERSION,
    prepare=prepare,
    note="no admin API, no transaction logs, no templates, no CORS; a route for each job",
    install=npm_install(PACKAGE),
)
