"""Each server in turn, in several rounds: start, idle memory, and polls by more and more clients."""

import load
import report
from progress import Progress
from servers import Failed, Running

JOBS = 10
WARM_UP_CLIENTS = 64
CLOSE_CLIENTS = 8


def run(servers, options):
    """The results by server."""
    loads = {str(count): (count, False) for count in options.clients} | {"close": (CLOSE_CLIENTS, True)}
    progress = Progress(options.rounds * len(servers) * (1 + len(loads)))
    results = {server.name: {"version": server.version(), "note": server.note, "rounds": [], "failures": []}
               for server in servers}
    for _ in range(options.rounds):
        for server in servers:
            result = results[server.name]
            figures = {}
            result["rounds"].append(figures)
            last = progress.done + 1 + len(loads)
            try:
                measure(server, loads, options, progress, figures, result)
            except Failed as failure:
                result["failures"].append(str(failure))
                progress.skip_to(last)
    for result in results.values():
        result["medians"] = report.medians(result["rounds"])
    return results


def measure(server, loads, options, progress, figures, result):
    with progress.step(f"{server.name}: start") as said:
        running = Running(server, JOBS, options.patience)
        said.append(f"{running.start_ms:,.0f} ms")
    with running:
        result["command"] = running.shown_command
        figures["start_ms"] = running.start_ms
        figures["memory_mb"] = running.memory_mb()
        load.run(running, WARM_UP_CLIENTS, options.duration)
        for name, (count, close) in loads.items():
            with progress.step(f"{server.name}: {report.load_name(name)}") as said:
                figures[name] = load.run(running, count, options.duration, close=close)
                said.append(f"{figures[name]['per_second']:,.0f}/s")


def failures(results):
    return [f"{name}: {failure}" for name, result in results.items() for failure in result["failures"]]
