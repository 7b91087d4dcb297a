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


def prepare(setting):
    rule = {"target": "header", "modifier": "Authorization", "value": f"Bearer {jobs.TOKEN}", "invert": False,
            "operator": "equals"}
    route = {
        "uuid": "route", "type": "crud", "documentation": "", "method": "", "endpoint": "v1/applications/jobs",
        "responseMode": None, "streamingMode": None, "streamingInterval": 0,
        "responses": [response("answer", rules=[rule], bodyType="DATABUCKET", databucketID="jobs"),
                      response("refusal", statusCode=401, default=True)],
    }
    environment = {
        "uuid": "bench", "lastMigration": DATA_VERSION, "name": "bench", "endpointPrefix": "", "latency": 0,
        "port": setting.port, "hostname": "127.0.0.1", "folders": [], "routes": [route],
        "rootChildren": [{"type": "route", "uuid": "route"}], "proxyMode": False, "proxyHost": "",
        "proxyRemovePrefix": False, "tlsOptions": {"enabled": False}, "cors": False,
        "headers": [{"key": "Content-Type", "value": "application/json"}], "proxyReqHeaders": [], "proxyResHeaders": [],
        "data": [{"uuid": "bucket", "id": "jobs", "name": "jobs", "documentation": "",
                  "value": setting.answers.read_text()}],
        "callbacks": [],
    }
    file = setting.folder / "environment.json"
    file.write_text(json.dumps(environment))
    return ["node", PEERS / "mockoon.js", npm_folder(PACKAGE) / "node_modules/@mockoon/commons-server", file]


SERVER = Server(
    name="Mockoon",
    version=lambda: VERSION,
    prepare=prepare,
    note="no admin API, no transaction logs, no templates, no CORS; a CRUD route over a data bucket",
    install=npm_install(PACKAGE),
)
