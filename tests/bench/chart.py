"""The comparison as an SVG: a bar for the polls per second of each server, with start and memory beside it."""

from xml.sax.saxutils import escape

import report

WIDTH = 860
ROW = 26
TOP = 62
BAR_LEFT = 190
BAR_WIDTH = 400

STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.head, .foot { fill: #59636e; }
.value { font-size: 12px; }
.number { text-anchor: end; }
.bar { fill: #9aa4ae; }
.own { fill: #1f6feb; }
.own-name { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .head, .foot { fill: #9198a1; }
  .bar { fill: #59636e; }
  .own { fill: #4493f8; }
}
"""


def text(x, y, content, style=""):
    return f'<text x="{x}" y="{y}" class="{style}">{escape(content)}</text>'


def row(y, name, result, load, most):
    figures = result["medians"]
    own = name == "jobmock"
    polls = figures[load]["per_second"]
    length = max(1, round(BAR_WIDTH * polls / most))
    bar = "own" if own else "bar"
    return [
        text(0, y + 17, f"{name} {result['version']}", "own-name" if own else ""),
        f'<rect x="{BAR_LEFT}" y="{y + 4}" width="{length}" height="{ROW - 8}" rx="2" class="{bar}"/>',
        text(BAR_LEFT + length + 6, y + 17, report.number(polls), "value"),
        text(WIDTH - 90, y + 17, f"{report.number(figures['start_ms'])} ms", "number"),
        text(WIDTH, y + 17, f"{report.number(figures['memory_mb'])} MB", "number"),
    ]


def draw(results):
    """The servers under as many clients as are nearest to 64, the fastest first."""
    count = min(results["clients"], key=lambda count: abs(count - 64))
    load, machine = str(count), results["machine"]
    shown = sorted(((name, result) for name, result in results["servers"].items() if load in result["medians"]),
                   key=lambda item: -item[1]["medians"][load]["per_second"])
    most = max((result["medians"][load]["per_second"] for _, result in shown), default=1)
    title = f"Polls per second, {report.clients(count)} on keep-alive connections"
    described = "; ".join(f"{name}: {report.number(result['medians'][load]['per_second'])}" for name, result in shown)
    height = TOP + ROW * len(shown) + 32
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(described)}</desc>',
        f"<style>\n{STYLE}</style>",
        text(0, 18, title, "own-name"),
        text(BAR_LEFT, 48, "polls/s", "head"),
        text(WIDTH - 90, 48, "start", "head number"),
        text(WIDTH, 48, "idle memory", "head number"),
    ]
    for index, (name, result) in enumerate(shown):
        lines += row(TOP + ROW * index, name, result, load, most)
    lines.append(text(0, height - 6, f"{machine['cpu']}, {machine['cores']} cores; {machine['date']}", "foot"))
    return "\n".join(lines + ["</svg>", ""])
