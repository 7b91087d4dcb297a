"""What a short run must bring: every figure there is to measure, and above zero."""

SERVERS = ["jobmock", "node", "nginx", "httplib"]
MAY_BE_ZERO = {"never_served", "kb_per_connection"}


def not_positive(figures, name):
    if isinstance(figures, dict):
        return [problem for key, value in figures.items() if key not in MAY_BE_ZERO
                for problem in not_positive(value, f"{name}, {key}")]
    return [] if isinstance(figures, (int, float)) and figures > 0 else [f"{name} is {figures!r}"]


def comparison_problems(servers, clients):
    expected = {"start_ms", "memory_mb", "close", *[str(count) for count in clients]}
    found = []
    for name, result in servers.items():
        found += [f"{name}, {figure} is missing" for figure in sorted(expected - set(result["medians"]))]
        found += not_positive(result["medians"], name)
    return found


def scale_problems(growth):
    expected = {"jobs", "reading", "worlds", "created", "connections"}
    return [f"{table} is missing" for table in sorted(expected - set(growth))] + not_positive(growth, "scale")
