import json

import jobs
from servers import Server, npm_folder, npm_install

VERSION = "8.0.0"
PACKAGE = f"mockserver-node@{VERSION}"
JAR = npm_folder(PACKAGE) / f"node_modules/mockserver-node/mockserver-netty-{VERSION}-jar-with-dependencies.jar"


def expectation(number):
    return {
        "httpRequest": {"method": "GET", "path": jobs.path(number),
                        "headers": {"Authorization": [f"Bearer {jobs.TOKEN}"]}},
        "httpResponse": {"statusCode": 200, "headers": {"Content-Type": ["application/json"]},
                         "body": jobs.compact(jobs.answer(number))},
    }


def prepare(setting):
    refusal = {"priority": -1, "httpRequest": {}, "httpResponse": {"statusCode": 401}}
    file = setting.folder / "expectations.json"
    file.write_text(json.dumps([*[expectation(number) for number in range(setting.jobs)], refusal]))
    properties = {"localBoundIP": "127.0.0.1", "maxExpectations": setting.jobs + 1, "maxLogEntries": 1,
                  "disableLogging": "true", "disableSystemOut": "true", "metricsEnabled": "false"}
    return ["java", *[f"-Dmockserver.{name}={value}" for name, value in properties.items()], "-jar", JAR,
            "--port", setting.port, "--log-level", "OFF", "--init", file]


SERVER = Server(
    name="MockServer",
    version=lambda: VERSION,
    prepare=prepare,
    note="no logs, no metrics, an event log of one entry; an expectation for each job",
    install=npm_install(PACKAGE),
)
