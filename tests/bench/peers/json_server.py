from servers import PEERS, Server, npm_folder, npm_install

VERSION = "0.17.4"
PACKAGE = f"json-server@{VERSION}"

SERVER = Server(
    name="json-server",
    version=lambda: VERSION,
    prepare=lambda setting: ["node", PEERS / "json-server.js", npm_folder(PACKAGE) / "node_modules/json-server",
                             setting.port, setting.answers],
    note="its router alone, without logs, gzip, CORS and static files; the token check is a middleware of ours",
    install=npm_install(PACKAGE),
)
