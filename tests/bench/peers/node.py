from servers import PEERS, Server, output

SERVER = Server(
    name="node",
    version=lambda: output("node", "--version").strip().lstrip("v"),
    prepare=lambda setting: ["node", PEERS / "node.js", setting.port, setting.answers],
    note="a bare `http` server: answers ready in a Map",
)
