#!/usr/bin/env python3
"""Compares jobmock with other mock servers, side by side; tests/bench/run starts this.

Every server answers the same polls behind the same token check. Tables go to standard output, all figures to
build/bench/results.json and build/bench/scale.json.
"""

import argparse
import json
import resource
import signal
import sys

import chart
import comparison
import machine
import report
import scale
import smoke
from peers import ALL
from servers import WORK, Failed

NAMES = [server.name for server in ALL]


def counts(text):
    return [int(count) for count in text.split(",")]


def names(text):
    chosen = text.split(",")
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such server: {', '.join(unknown)}")
    return chosen


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=names, default=NAMES, metavar="NAME,…", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is compared (%(default)s)")
    parser.add_argument("--duration", type=float, default=5, metavar="SECONDS",
                        help="of each load and of the warm-up (%(default)s)")
    parser.add_argument("--clients", type=counts, default="1,8,64,1000", metavar="COUNT,…",
                        help="on keep-alive connections (%(default)s)")
    parser.add_argument("--scale", action="store_true", help="measure how servers grow, instead")
    parser.add_argument("--patience", type=float, default=100, metavar="SECONDS",
                        help="for a server to be ready (%(default)s)")
    parser.add_argument("--svg", default=WORK / "results.svg", metavar="FILE",
                        help="the chart (build/bench/results.svg)")
    parser.add_argument("--smoke", action="store_true", help="a short run of all of this, to see that it works")
    if "--smoke" in sys.argv:
        parser.set_defaults(only=smoke.SERVERS, rounds=1, duration=0.3, clients="1,8")
    return parser.parse_args()


def install(servers):
    """Returns the servers that can be measured, and why others cannot."""
    installed, failures = [], []
    for server in servers:
        try:
            server.install()
            installed.append(server)
        except Failed as failure:
            failures.append(f"{server.name}: not measured: {failure}")
    return installed, failures


def save(name, results):
    (WORK / name).write_text(json.dumps(results, indent=1) + "\n")


def compare(servers, not_measured, options, where):
    results = {"machine": where, "rounds": options.rounds, "duration": options.duration, "clients": options.clients,
               "servers": comparison.run(servers, options), "not_measured": not_measured}
    save("results.json", results)
    with open(options.svg, "w") as svg:
        svg.write(chart.draw(results))
    print(report.comparison(results), flush=True)
    failures = comparison.failures(results["servers"])
    return failures + smoke.comparison_problems(results["servers"], options.clients) if options.smoke else failures


def measure_scale(servers, not_measured, options, where):
    sizes = scale.SMOKE if options.smoke else scale.Sizes()
    results = {"machine": where, "duration": options.duration, "growth": scale.run(servers, options, sizes),
               "not_measured": not_measured}
    save("scale.json", results)
    print(report.scale(results), flush=True)
    failures = scale.failures(results["growth"])
    return failures + smoke.scale_problems(results["growth"]) if options.smoke else failures


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    options = parse_arguments()
    servers, not_measured = install([server for server in ALL if server.name in options.only])
    failures = list(not_measured)
    where = machine.describe()
    if options.smoke or not options.scale:
        failures += compare(servers, not_measured, options, where)
    if options.smoke or options.scale:
        failures += measure_scale(servers, not_measured, options, where)
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit(130)
