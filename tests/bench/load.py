"""Load from wrk with one thread, which takes less time for a poll than jobmock does: more would not ask more of it."""

import json
import pathlib
import signal
import subprocess
import time

import jobs
from servers import Failed

SCRIPT = pathlib.Path(__file__).with_suffix(".lua")
ERRORS = ("connect", "read", "write", "timeout", "status")


def run(server, clients, seconds, *, path=jobs.path(0), choices=None, close=False):
    """Polls one path from `clients` keep-alive connections, or those of the file `choices` at random."""
    command = ["stdbuf", "-oL", "wrk", "--threads", "1", "--connections", str(clients), "--duration", "1h",
               "--timeout", "10s", "--script", SCRIPT, "--header", f"Authorization: Bearer {jobs.TOKEN}"]
    if close:
        command += ["--header", "Connection: close"]
    command += [server.url + path, "--", *([choices] if choices else [])]
    server.request("GET", jobs.path(0), jobs.TOKEN)  # answered after what an earlier load may have left in its queue
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          start_new_session=True) as process:
        try:
            process.stdout.readline()  # printed once the load has begun
            time.sleep(seconds)
            # A server may have a connection to itself as well.
            waiting = {} if close else {"never_served": max(0, clients - served(server.port))}
            process.send_signal(signal.SIGINT)  # its own --duration counts in whole seconds
            output, report = process.communicate(timeout=60)
        finally:
            process.kill()
    if process.returncode != 0 or not report.startswith("{"):
        raise Failed(f"wrk failed: {(report or output).strip()}")
    return {**figures(json.loads(report)), **waiting}


def figures(report):
    answered = report["requests"] - report["status"]
    return {
        "per_second": answered / report["duration"] * 1e6,
        "p50_ms": report["p50"] / 1000,
        "p99_ms": report["p99"] / 1000,
        "longest_ms": report["max"] / 1000,
        "errors": {kind: report[kind] for kind in ERRORS if report[kind]},
    }


def served(port):
    """How many of the connections to a port have had an answer."""
    listing = subprocess.run(["ss", "-tinH", "state", "established", f"( dport = :{port} )"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    return listing.count(" bytes_received:")
