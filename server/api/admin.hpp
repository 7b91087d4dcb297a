// The answers under /__admin. See Call, and in_each_world for whose worlds they are about.
#pragma once

#include "api/call.hpp"

namespace jobmock {

// The server.
Reply show_health(Call& call);  // ready, which version, what is served, and what became of the last reload
Reply show_version(Call& call);
Reply show_openapi(Call& call);  // what is served, as an OpenAPI document
Reply reload_fixtures(Call& call);

// Worlds.
Reply list_worlds(Call& call);
Reply forget_world(Call& call);
Reply reset_worlds(Call& call);

// Time.
Reply show_clock(Call& call);
Reply change_clock(Call& call);
Reply advance_clock(Call& call);

// Jobs, with their explanation.
Reply explain_jobs(Call& call);
Reply explain_job(Call& call);
Reply add_job(Call& call);
Reply remove_job(Call& call);
Reply force_job(Call& call);
Reply hold_job(Call& call);
Reply release_job(Call& call);

// Faults.
Reply list_faults(Call& call);
Reply add_fault(Call& call);
Reply remove_faults(Call& call);
Reply remove_fault(Call& call);

// What clients did.
Reply list_requests(Call& call);
Reply clear_requests(Call& call);
Reply wait_for_requests(Call& call);
Reply verify(Call& call);
Reply show_report(Call& call);

}  // namespace jobmock
