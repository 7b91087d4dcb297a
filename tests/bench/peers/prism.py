import json

import jobs
from servers import Server, npm_folder, npm_install

VERSION = "5.14.2"  # the last that runs on Node.js 18
PACKAGE = f"@stoplight/prism-cli@{VERSION}"


def operation(number):
    content = {"application/json": {"schema": {"type": "object"}, "example": jobs.answer(number)}}
    return {"get": {"responses": {"200": {"description": "the job", "content": content},
                                  "401": {"description": "no token"}}}}


def prepare(setting):
    file = setting.folder / "openapi.json"
    file.write_text(json.dumps({
        "openapi": "3.0.3",
        "info": {"title": "jobs", "version": "1"},
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {jobs.path(number): operation(number) for number in range(setting.jobs)},
    }))
    return ["node", npm_folder(PACKAGE) / "node_modules/@stoplight/prism-cli/dist/index.js", "mock", file,
            "--host", "127.0.0.1", "--port", setting.port, "--verboseLevel", "silent", "--cors", "false"]


SERVER = Server(
    name="Prism",
    version=lambda: VERSION,
    prepare=prepare,
    note="silent, no CORS; a path with an example for each job; it checks that there is a token, not which",
    install=npm_install(PACKAGE),
)
