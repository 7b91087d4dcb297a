import json

import jobs
from servers import Server, npm_folder, npm_install

VERSION = "3.13.2"
PACKAGE = f"wiremock@{VERSION}"
JAR = npm_folder(PACKAGE) / f"node_modules/wiremock/build/wiremock-standalone-{VERSION}.jar"


def mapping(number):
    return {
        "request": {"method": "GET", "url": jobs.path(number),
                    "headers": {"Authorization": {"equalTo": f"Bearer {jobs.TOKEN}"}}},
        "response": {"status": 200, "headers": {"Content-Type": "application/json"},
                     "body": jobs.compact(jobs.answer(number))},
    }


def prepare(setting):
    refusal = {"priority": 10, "request": {"method": "ANY", "urlPattern": ".*"}, "response": {"status": 401}}
    mappings = setting.folder / "mappings"
    mappings.mkdir(exist_ok=True)
    (mappings / "jobs.json").write_text(
        json.dumps({"mappings": [*[mapping(number) for number in range(setting.jobs)], refusal]}))
    return ["java", "-jar", JAR, "--root-dir", setting.folder, "--bind-address", "127.0.0.1", "--port", setting.port,
            "--no-request-journal", "--disable-request-logging", "--disable-gzip", "--disable-banner",
            "--disable-response-templating", "--use-chunked-encoding", "never",
            "--jetty-accept-queue-size", "4096"]


SERVER = Server(
    name="WireMock",
    version=lambda: VERSION,
    prepare=prepare,
    note="no journal, no request log, no gzip, no templates, no chunks, an accept queue of 4,096; a stub for each job",
    install=npm_install(PACKAGE),
)
