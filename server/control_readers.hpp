#pragma once

#include "api/control.hpp"

namespace jobmock {

// Has control read jobs, faults and expectations as fixtures have them.
void set_readers(Control& control);

}  // namespace jobmock
