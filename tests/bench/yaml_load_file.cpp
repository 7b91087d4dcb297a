// yaml_load_file FILE [events]: what the library alone takes to read a fixture, in ms and in MB at most; as a tree, or
// only its events.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

struct Nothing : YAML::EventHandler {
  using Mark = const YAML::Mark&;
  using Text = const std::string&;
  void OnDocumentStart(Mark) override {}
  void OnDocumentEnd() override {}
  void OnNull(Mark, YAML::anchor_t) override {}
  void OnAlias(Mark, YAML::anchor_t) override {}
  void OnScalar(Mark, Text, YAML::anchor_t, Text) override {}
  void OnSequenceStart(Mark, Text, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(Mark, Text, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Not ru_maxrss, which begins with what the parent process had.
double peak_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  double kb = 0;
  status >> kb;
  return kb / 1024;
}

}  // namespace

int main(int count, char** argv) {
  YAML::Node tree;
  const auto begin = std::chrono::steady_clock::now();
  if (count > 2) {
    std::ifstream file(argv[1]);
    YAML::Parser parser(file);
    Nothing nothing;
    while (parser.HandleNextDocument(nothing)) {
    }
  } else {
    tree = YAML::LoadFile(argv[1]);
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"ms\": %f, \"peak_mb\": %f}\n", took.count(), peak_mb());
}
