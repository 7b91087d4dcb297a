"""Medians of the rounds, and tables in Markdown."""

import statistics

from machine import sentence


def medians(rounds):
    """The median of each figure over the rounds that have it; errors are added up."""
    merged = {}
    for key in dict.fromkeys(key for figures in rounds for key in figures):
        values = [figures[key] for figures in rounds if key in figures]
        if key == "errors":
            kinds = sorted({kind for errors in values for kind in errors})
            merged[key] = {kind: sum(errors.get(kind, 0) for errors in values) for kind in kinds}
        elif isinstance(values[0], dict):
            merged[key] = medians(values)
        else:
            merged[key] = statistics.median(values)
    return merged


def look_up(figures, *keys):
    """The figure at the end of a path of keys; None where there is none."""
    for key in keys:
        figures = figures.get(key) if isinstance(figures, dict) else None
    return figures


def number(value):
    """Three digits, or all of those before the point."""
    if value is None:
        return "–"
    if value == 0 or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def count(value):
    return "–" if value is None else f"{value:,.0f}"


def ratio(value, base):
    quotient = value / base
    if quotient >= 10:
        return f"{quotient:,.0f}×"
    return f"{quotient:.1f}×" if quotient >= 0.1 else f"{quotient:.2g}×"


def compared(value, base):
    return f"{number(value)} ({ratio(value, base)})" if value and base and value != base else number(value)


def table(head, rows):
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def clients(count):
    return "1 client" if count == 1 else f"{count:,} clients"


def load_name(load):
    return "connection per request" if load == "close" else clients(int(load))


def loads(results):
    return [*[str(count) for count in results["clients"]], "close"]


def speed_table(results):
    """Each figure, and in brackets its ratio to that of jobmock."""
    servers = results["servers"]
    base = look_up(servers, "jobmock", "medians")
    columns = {"start, ms": ("start_ms",), "idle memory, MB": ("memory_mb",),
               **{f"polls/s, {load_name(load)}": (load, "per_second") for load in loads(results)}}
    rows = [[f"{name} {result['version']}",
             *[compared(look_up(result["medians"], *keys), look_up(base, *keys)) for keys in columns.values()]]
            for name, result in servers.items()]
    return table(["server", *columns], rows)


def latencies(figures):
    return f"{number(look_up(figures, 'p50_ms'))} / {number(look_up(figures, 'p99_ms'))}"


def latency_table(results):
    most = max(results["clients"])
    head = ["p50 / p99, ms", *[load_name(load) for load in loads(results)], f"longest wait, {clients(most)}",
            f"never served, {clients(most)}"]
    rows = []
    for name, result in results["servers"].items():
        figures = result["medians"]
        rows.append([name, *[latencies(figures.get(load)) for load in loads(results)],
                     number(look_up(figures, str(most), "longest_ms")),
                     count(look_up(figures, str(most), "never_served"))])
    return table(head, rows)


def error_notes(figures, name):
    """What wrk reported anywhere below."""
    if not isinstance(figures, dict):
        return []
    lines = [f"- {name}: {times:,} errors ({kind})" for kind, times in figures.get("errors", {}).items()]
    return lines + [line for key, below in figures.items() if key != "errors"
                    for line in error_notes(below, f"{name}, {key}")]


def notes(results):
    """What went wrong, and how each server was set up."""
    lines = [f"- {failure}" for failure in results["not_measured"]]
    for name, result in results["servers"].items():
        for load, figures in result["medians"].items():
            if isinstance(figures, dict):
                lines += error_notes(figures, f"{name}, {load_name(load)}")
        lines += [f"- {name}: {failure}" for failure in result["failures"]]
    return lines + [f"- {name}: {result['note']}; `{result.get('command', 'did not start')}`"
                    for name, result in results["servers"].items()]


def comparison(results):
    head = (f"{sentence(results['machine'])}; medians of {results['rounds']}, {results['duration']:g} s for each load "
            "after as much warm-up; in brackets the ratio to jobmock.")
    return "\n\n".join([head, speed_table(results), latency_table(results), "\n".join(notes(results))])


def size_table(title, growth, lines):
    """A column for each size, and a row for each of `lines`: its name, and what it makes of the figures at a size."""
    rows = [[name, *[figures if isinstance(figures, str) else number(value(figures)) for figures in growth.values()]]
            for name, value in lines.items()]
    return table([title, *[f"{int(size):,}" for size in growth]], rows)


def figure(*keys):
    return lambda figures: look_up(figures, *keys)


def quotient(above, below):
    def divide(figures):
        dividend, divisor = look_up(figures, *above), look_up(figures, *below)
        return dividend / divisor if dividend and divisor else None

    return divide


def jobs_table(growth):
    """A row for each server, and columns for its start, memory and polls at each size."""
    sizes = list(next(iter(growth.values())))
    kinds = {"start, ms": ("start_ms",), "memory, MB": ("memory_mb",), "polls/s": ("polls", "per_second")}

    def cell(figures, keys):
        return figures if isinstance(figures, str) else number(look_up(figures, *keys))

    rows = [[name, *[cell(by_size.get(size), keys) for keys in kinds.values() for size in sizes]]
            for name, by_size in growth.items()]
    return table(["server", *[f"{kind}, {int(size):,} jobs" for kind in kinds for size in sizes]], rows)


def fixtures_table(growth):
    """jobmock's start, and its reading beside that of the YAML library alone, measured in turn."""
    yaml, json = growth["jobs"]["jobmock, YAML"], growth["jobs"]["jobmock, JSON"]
    smallest = min(yaml, key=int)
    by_size = {}
    for size in yaml:
        by_size[size] = {"yaml": yaml[size], "json": json.get(size), "reading": growth["reading"].get(size)}
        more_mb = (look_up(yaml, size, "memory_mb") or 0) - (look_up(yaml, smallest, "memory_mb") or 0)
        if more_mb > 0:
            by_size[size]["bytes_per_job"] = more_mb * 2**20 / (int(size) - int(smallest))
    return size_table("jobs in the fixtures", by_size, {
        "start from YAML, ms": figure("reading", "jobmock", "start_ms"),
        "`YAML::LoadFile`, ms": figure("reading", "tree", "ms"),
        "ratio of these": quotient(("reading", "jobmock", "start_ms"), ("reading", "tree", "ms")),
        "events of yaml-cpp alone, ms": figure("reading", "events", "ms"),
        "start from JSON, ms": figure("json", "start_ms"),
        "peak memory from YAML, MB": figure("reading", "jobmock", "peak_mb"),
        "peak memory of `YAML::LoadFile`, MB": figure("reading", "tree", "peak_mb"),
        "ratio of the peaks": quotient(("reading", "jobmock", "peak_mb"), ("reading", "tree", "peak_mb")),
        "peak memory from JSON, MB": figure("json", "peak_mb"),
        "memory, MB": figure("yaml", "memory_mb"),
        "memory for each more job, bytes": figure("bytes_per_job"),
        "polls/s": figure("yaml", "polls", "per_second"),
    })


def scale(results):
    growth = results["growth"]
    parts = [f"{sentence(results['machine'])}; {results['duration']:g} s for each load, of 64 clients where not said "
             "otherwise, each poll of a job at random.", jobs_table(growth["jobs"])]
    if "reading" in growth:
        parts += [
            fixtures_table(growth),
            size_table("worlds", growth["worlds"], {
                "memory, each polled once, MB": figure("memory_mb"),
                "memory after the polls, MB": figure("memory_after_polls_mb"),
                "polls/s, tokens at random": figure("polls", "per_second"),
            }),
            size_table("created jobs", growth["created"], {
                "memory, MB": figure("memory_mb"),
                "polls/s": figure("polls", "per_second"),
                "lists of 50/s": figure("lists", "per_second"),
            }),
            size_table("connections", growth["connections"], {
                "memory while idle, MB": figure("idle_mb"),
                "memory for each, KB": figure("kb_per_connection"),
                "polls/s": figure("polls", "per_second"),
                "p99, ms": figure("polls", "p99_ms"),
            }),
        ]
    lines = [f"- {failure}" for failure in results["not_measured"]]
    lines += [line for name, below in growth.items() for line in error_notes(below, name)]
    return "\n\n".join(parts + (["\n".join(lines)] if lines else []))
