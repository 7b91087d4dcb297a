// Requests that reach every answer that the OpenAPI document lists. What they do not ask for the tests cannot find, so
// a new kind of answer needs a request here.
#pragma once

#include "api/documented_app.hpp"

namespace jobmock::test {

void run_script(Documented& t);

}  // namespace jobmock::test
