"""One line for each step of a run, on standard error."""

import contextlib
import sys

from servers import Failed


class Progress:
    def __init__(self, steps):
        self.steps = steps
        self.done = 0

    @contextlib.contextmanager
    def step(self, what):
        """Gives a list, for what there is to say of the step at its end."""
        self.done += 1
        print(f"[{self.done}/{self.steps}] {what} … ", end="", file=sys.stderr, flush=True)
        said = []
        try:
            yield said
        except Failed as failure:
            said.append(str(failure))
            raise
        finally:
            print(", ".join(said), file=sys.stderr, flush=True)

    def skip_to(self, done):
        """Counts steps that a failure left out."""
        self.done = done
