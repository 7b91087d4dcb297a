from servers import PEERS, Server, npm_folder, npm_install

VERSION = "3.17.1"  # the last that runs on Node.js 18
PACKAGE = f"mockttp@{VERSION}"

SERVER = Server(
    name="mockttp",
    version=lambda: VERSION,
    prepare=lambda setting: ["node", PEERS / "mockttp.js", npm_folder(PACKAGE) / "node_modules/mockttp", setting.port,
                             setting.answers],
    note="records no traffic; no CORS, no HTTP/2; one rule, answers ready in a Map",
    install=npm_install(PACKAGE),
)
