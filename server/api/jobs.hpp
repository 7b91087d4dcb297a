// The answers about jobs. See Call; the rules are those of Writer's API reference.
#pragma once

#include "api/call.hpp"

namespace jobmock {

Reply retrieve_job(Call& call);
Reply retry_job(Call& call);
Reply create_job(Call& call);
Reply list_jobs(Call& call);

}  // namespace jobmock
