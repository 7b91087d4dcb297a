from servers import PEERS, Server, npm_folder, npm_install

VERSION = "3.17.1"  # the last that runs on Node.js 18
PACKAGE = f"mockttp@{VERSION}"

SERVER = Server(
    name="mockttp",
    version=lambda: VERSION,
    prepare=lambda setting: ["node", PEERS / "mockttp.js", npm_folder(PACKAGE) / "node_modules/mockttp", setting.port,
                             setting.answers],
    note="records no traffic, no CORS, no HTTP/2; a fixed reply for each of up to 100 jobs, a callback with a Map for "
         "more; it closes connections when asked to but does not say so, which wrk counts as read errors",
    install=npm_install(PACKAGE),
)
