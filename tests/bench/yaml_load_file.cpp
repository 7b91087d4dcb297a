// yaml_load_file FILE: what the library alone takes to read a fixture, in ms and in MB at most.
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

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

int main(int, char** argv) {
  const auto begin = std::chrono::steady_clock::now();
  const auto tree = YAML::LoadFile(argv[1]);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"ms\": %f, \"peak_mb\": %f}\n", took.count(), peak_mb());
}
