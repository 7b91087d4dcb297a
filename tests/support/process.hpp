// A program as a test starts it. Every wait has a limit, after which the test fails.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace jobmock::test {

// Besides the environment of the test, without any JOBMOCK_ variable.
using Variables = std::map<std::string, std::string>;

class Process {
 public:
  explicit Process(const std::vector<std::string>& command, const Variables& variables = {});
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Reads standard output up to a line break.
  std::string read_line();

  void signal(int number) const;

  // Nobody reads what it prints any more.
  void close_output();

  // Waits for the end: the exit status, or minus the signal that ended it. What was printed is in out and
  // err.
  int wait();

  [[nodiscard]] pid_t id() const { return id_; }
  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }

 private:
  static void read_some(int& descriptor, std::string& text);
  void pump();

  pid_t id_ = -1;
  int out_descriptor_ = -1;
  int err_descriptor_ = -1;
  std::string out_;
  std::string err_;
  std::size_t lines_read_to_ = 0;  // of out_
};

}  // namespace jobmock::test
