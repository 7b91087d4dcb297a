import json

import jobs
from servers import Server, free_port, npm_folder, npm_install

VERSION = "2.9.1"
PACKAGE = f"mountebank@{VERSION}"
HEADERS = {"Content-Type": "application/json", "Connection": "keep-alive"}  # it closes connections unless told so


def stub(number):
    return {
        "predicates": [{"equals": {"method": "GET", "path": jobs.path(number),
                                   "headers": {"Authorization": f"Bearer {jobs.TOKEN}"}}}],
        "responses": [{"is": {"statusCode": 200, "headers": HEADERS, "body": jobs.compact(jobs.answer(number))}}],
    }


def prepare(setting):
    imposter = {
        "protocol": "http",
        "host": "127.0.0.1",
        "port": setting.port,
        "recordRequests": False,
        "defaultResponse": {"statusCode": 401},
        "stubs": [stub(number) for number in range(setting.jobs)],
    }
    file = setting.folder / "imposters.json"
    file.write_text(json.dumps({"imposters": [imposter]}))
    return ["node", npm_folder(PACKAGE) / "node_modules/mountebank/bin/mb", "--configfile", file, "--noParse",
            "--host", "127.0.0.1", "--port", free_port(), "--loglevel", "error", "--nologfile",
            "--pidfile", setting.folder / "pid"]


SERVER = Server(
    name="mountebank",
    version=lambda: VERSION,
    prepare=prepare,
    note="records no requests, logs errors only; a stub for each job; told to keep connections, it keeps also those "
         "that it is asked to close, where the next request gets 400",
    install=npm_install(PACKAGE),
)
