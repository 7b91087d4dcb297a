import unittest

import load
import report


class MediansTest(unittest.TestCase):
    def test_each_figure_of_the_rounds(self):
        rounds = [{"start_ms": 9, "8": {"per_second": 100}}, {"start_ms": 1, "8": {"per_second": 300}},
                  {"start_ms": 2, "8": {"per_second": 200}}]
        self.assertEqual(report.medians(rounds), {"start_ms": 2, "8": {"per_second": 200}})

    def test_a_round_that_failed_leaves_the_others(self):
        rounds = [{"start_ms": 4, "8": {"per_second": 100}}, {}, {"start_ms": 6}]
        self.assertEqual(report.medians(rounds), {"start_ms": 5, "8": {"per_second": 100}})

    def test_no_round_has_no_figures(self):
        self.assertEqual(report.medians([{}, {}]), {})

    def test_errors_are_added_up(self):
        rounds = [{"8": {"errors": {"read": 2}}}, {"8": {"errors": {}}}, {"8": {"errors": {"read": 1, "status": 5}}}]
        self.assertEqual(report.medians(rounds), {"8": {"errors": {"read": 3, "status": 5}}})


class NumbersTest(unittest.TestCase):
    def test_three_digits(self):
        self.assertEqual([report.number(value) for value in (None, 0, 0.123, 9.876, 12.34, 123.4, 65432.1)],
                         ["–", "0", "0.12", "9.88", "12.3", "123", "65,432"])

    def test_ratios(self):
        self.assertEqual([report.ratio(value, 100) for value in (2, 12, 100, 250, 123456)],
                         ["0.02×", "0.1×", "1.0×", "2.5×", "1,235×"])


class ErrorsTest(unittest.TestCase):
    def test_none_is_hidden_however_deep(self):
        growth = {"node": {"10": {"polls": {"per_second": 1, "errors": {"read": 2000}}}, "1000": "not ready after 5 s"}}
        self.assertEqual(report.error_notes(growth, "jobs"), ["- jobs, node, 10, polls: 2,000 errors (read)"])


class LoadTest(unittest.TestCase):
    def test_refusals_are_no_answers(self):
        figures = load.figures({"requests": 300, "duration": 2_000_000, "p50": 50, "p99": 1200, "max": 2500,
                                "connect": 0, "read": 3, "write": 0, "timeout": 0, "status": 100})
        self.assertEqual(figures, {"per_second": 100, "p50_ms": 0.05, "p99_ms": 1.2, "longest_ms": 2.5,
                                   "errors": {"read": 3, "status": 100}})


if __name__ == "__main__":
    unittest.main()
