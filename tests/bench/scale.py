"""How servers grow: with the jobs of their fixtures, and jobmock with worlds, created jobs and connections."""

import contextlib
import dataclasses
import functools
import json
import pathlib
import socket
from http.client import HTTPConnection

import jobs
import load
import report
from compile import compile_program, program
from peers import jobmock
from progress import Progress
from servers import WORK, Failed, Running, output

YAML_LOAD_FILE = pathlib.Path(__file__).with_name("yaml_load_file.cpp")
FEW_JOBS = 10
CLIENTS = 64
READING_ROUNDS = 3


@dataclasses.dataclass(frozen=True)
class Sizes:
    jobs: tuple = (10, 1000, 100000)
    worlds: tuple = (1, 100, 10000)
    created: tuple = (10, 1000, 10000)
    connections: tuple = (1, 64, 1000, 5000)


SMOKE = Sizes(jobs=(10, 100), worlds=(1, 10), created=(10, 20), connections=(1, 8))


def run(servers, options, sizes):
    """The results by what grows. Where a server could not be measured at a size, its result is the reason."""
    compile_program(YAML_LOAD_FILE, "yaml-cpp")
    peers = [server for server in servers if server != jobmock.SERVER]
    ours = jobmock.SERVER in servers
    own_steps = (2 + READING_ROUNDS) * len(sizes.jobs) + len(sizes.worlds) + len(sizes.created) + len(sizes.connections)
    progress = Progress(len(peers) * len(sizes.jobs) + ours * own_steps)
    def grow(counts, measure, steps=1):
        """Measures at each size in so many steps, up to the first that fails."""
        growth = {}
        last = progress.done + steps * len(counts)
        for count in counts:
            try:
                growth[str(count)] = measure(count)
            except Failed as failure:
                growth[str(count)] = str(failure)
                break
        progress.skip_to(last)
        return growth

    def grow_jobs(server):
        return grow(sizes.jobs, lambda count: with_jobs(server, count, options, progress))

    results = {"jobs": {}}
    if ours:
        for suffix in ("yaml", "json"):
            name = f"jobmock, {suffix.upper()}"
            server = dataclasses.replace(jobmock.SERVER, name=name,
                                         prepare=functools.partial(jobmock.prepare, suffix=suffix))
            results["jobs"][name] = grow_jobs(server)
        results["reading"] = grow(sizes.jobs, lambda count: reading(count, options, progress), READING_ROUNDS)
        results["worlds"] = grow(sizes.worlds, lambda count: with_worlds(count, options, progress))
        results["created"] = grow(sizes.created, lambda count: with_created_jobs(count, options, progress))
        results["connections"] = grow(sizes.connections, lambda count: with_connections(count, options, progress))
    for server in peers:
        results["jobs"][server.name] = grow_jobs(server)
    return results


def choices(name, lines):
    file = WORK / name
    file.write_text("\n".join(lines) + "\n")
    return file


def rate(figures):
    return f"{figures['per_second']:,.0f}/s"


def with_jobs(server, count, options, progress):
    polls = choices("choices", (f"{jobs.path(number)} {jobs.TOKEN}" for number in range(count)))
    with progress.step(f"{server.name}: jobs: {count:,}") as said:
        with Running(server, count, options.patience) as running:
            figures = {"start_ms": running.start_ms, "memory_mb": running.memory_mb(),
                       "peak_mb": running.memory_mb("VmHWM")}
            said.append(f"{figures['start_ms']:,.0f} ms, {figures['memory_mb']:,.0f} MB")
            load.run(running, CLIENTS, options.duration, choices=polls)
            figures["polls"] = load.run(running, CLIENTS, options.duration, choices=polls)
            said.append(rate(figures["polls"]))
    return figures


def reading(count, options, progress):
    """Medians of rounds in which jobmock starts, and the YAML library reads the same file alone, in turn."""
    rounds = []
    library = program(YAML_LOAD_FILE)
    for _ in range(READING_ROUNDS):
        with progress.step(f"reading beside the YAML library: jobs: {count:,}") as said:
            with Running(jobmock.SERVER, count, options.patience) as running:
                ours = {"start_ms": running.start_ms, "peak_mb": running.memory_mb("VmHWM")}
            tree = json.loads(output(library, jobmock.fixture(count)))
            events = json.loads(output(library, jobmock.fixture(count), "events"))
            rounds.append({"jobmock": ours, "tree": tree, "events": events})
            said.append(f"{ours['start_ms']:,.0f} ms; tree {tree['ms']:,.0f} ms, events {events['ms']:,.0f} ms")
    return report.medians(rounds)


class Client:
    """One keep-alive connection."""

    def __init__(self, port):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def request(self, method, path, token, body=None):
        self.connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if response.status >= 300:
            raise Failed(f"{method} {path} is answered with {response.status}: {answer}")
        return answer


def with_worlds(count, options, progress):
    tokens = [f"world-{number}" for number in range(count)]
    with progress.step(f"jobmock: worlds: {count:,}") as said:
        with Running(jobmock.SERVER, FEW_JOBS, options.patience) as running:
            client = Client(running.port)
            for token in tokens:
                client.request("GET", jobs.path(0), token)
            figures = {"memory_mb": running.memory_mb()}
            polls = choices("choices", (f"{jobs.path(0)} {token}" for token in tokens))
            figures["polls"] = load.run(running, CLIENTS, options.duration, choices=polls)
            figures["memory_after_polls_mb"] = running.memory_mb()
            said.append(f"{figures['memory_mb']:,.0f} MB, {rate(figures['polls'])}")
    return figures


def with_created_jobs(count, options, progress):
    body = json.dumps({"inputs": [{"id": "topic", "value": ["tea"]}]})
    route = f"/v1/applications/{jobs.APPLICATION}/jobs"
    with progress.step(f"jobmock: created jobs: {count:,}") as said:
        with Running(jobmock.SERVER, FEW_JOBS, options.patience) as running:
            client = Client(running.port)
            ids = [client.request("POST", route, jobs.TOKEN, body)["id"] for _ in range(count)]
            figures = {"memory_mb": running.memory_mb()}
            polls = choices("choices", (f"/v1/applications/jobs/{job} {jobs.TOKEN}" for job in ids))
            figures["polls"] = load.run(running, CLIENTS, options.duration, choices=polls)
            figures["lists"] = load.run(running, CLIENTS, options.duration, path=f"{route}?limit=50")
            said.append(f"{figures['memory_mb']:,.0f} MB, polls {rate(figures['polls'])}, "
                        f"lists {rate(figures['lists'])}")
    return figures


def with_connections(count, options, progress):
    with progress.step(f"jobmock: connections: {count:,}") as said:
        with Running(jobmock.SERVER, FEW_JOBS, options.patience) as running:
            before = running.memory_mb()
            with contextlib.ExitStack() as connections:
                for _ in range(count):
                    poll(connections.enter_context(socket.create_connection(("127.0.0.1", running.port))))
                idle = running.memory_mb()
            figures = {"idle_mb": idle, "kb_per_connection": (idle - before) * 1024 / count,
                       "polls": load.run(running, count, options.duration)}
            said.append(f"{idle:,.0f} MB, {rate(figures['polls'])}")
    return figures


def poll(connection):
    connection.sendall(f"GET {jobs.path(0)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       f"Authorization: Bearer {jobs.TOKEN}\r\n\r\n".encode())
    if not connection.recv(65536).startswith(b"HTTP/1.1 200 "):
        raise Failed("an idle connection was not answered")


def failures(results):
    """What should not have happened: a failure of jobmock, or of a peer with few jobs."""
    found = []
    by_server = {**results["jobs"], **{name: growth for name, growth in results.items() if name != "jobs"}}
    for name, growth in by_server.items():
        own = name not in results["jobs"] or name.startswith("jobmock")
        sizes = list(growth) if own else list(growth)[:1]
        found += [f"{name}, {size}: {growth[size]}" for size in sizes if isinstance(growth[size], str)]
    return found
