// The JSON bodies that clients send, read strictly. Each function reports everything that is wrong, or gives what
// was read. Pure.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "api/message.hpp"
#include "core/application.hpp"

namespace jobmock {

struct GenerationBody {
  Inputs inputs;
  bool stream = false;
};

// {"inputs": [{"id": text, "value": [text]}], "stream"?: boolean}. The error is the answer: 415 or 400.
tl::expected<GenerationBody, Reply> read_generation(const Request& request);

// {"graph_ids": [text]}
tl::expected<std::vector<std::string>, Reply> read_graph_ids(const Request& request);

}  // namespace jobmock
