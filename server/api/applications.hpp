// The answers about applications, and what those about their jobs share with them. See Call; the rules are those
// of Writer's API reference.
#pragma once

#include <tl/expected.hpp>

#include "api/call.hpp"

namespace jobmock {

Reply list_applications(Call& call);
Reply retrieve_application(Call& call);
Reply generate_content(Call& call);
Reply list_graphs(Call& call);
Reply update_graphs(Call& call);

// The application that the path names by id or alias, or the 404.
tl::expected<const Application*, Reply> find_application(Call& call);

// The 400 when inputs do not fit the application.
std::optional<Reply> refuse_inputs(const Application& application, const Inputs& inputs);

// The 507, and a word for the log.
Reply world_is_full(Call& call);

}  // namespace jobmock
