#include "core/version.hpp"

namespace jobmock {

std::string_view version() { return JOBMOCK_VERSION; }

}  // namespace jobmock
