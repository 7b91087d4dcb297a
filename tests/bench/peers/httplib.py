from compile import compile_program, program
from servers import PEERS, Server, output

SOURCE = PEERS / "httplib.cpp"

SERVER = Server(
    name="httplib",
    version=lambda: output("pkg-config", "--modversion", "cpp-httplib").strip(),
    prepare=lambda setting: [program(SOURCE), setting.port, setting.answers],
    note="a bare cpp-httplib server: 1,024 threads, a backlog of 4,096, no routes, answers ready in a map",
    install=lambda: compile_program(SOURCE, "cpp-httplib", "nlohmann_json"),
)
