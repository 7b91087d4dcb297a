// `connection`: no answer, but the end of the connection, or silence.
#include "api/effects/effects.hpp"

namespace jobmock {
namespace {

Delivery::Connection delivery_of(ConnectionEffect::Does does) {
  switch (does) {
    case ConnectionEffect::Does::close:
      return Delivery::Connection::closes;
    case ConnectionEffect::Does::reset:
      return Delivery::Connection::resets;
    case ConnectionEffect::Does::stall:
      return Delivery::Connection::stalls;
  }
  return Delivery::Connection::closes;
}

}  // namespace

void apply(const ConnectionEffect& connection, Reply& reply) {
  reply.delivery.connection = delivery_of(connection.does);
}

}  // namespace jobmock
