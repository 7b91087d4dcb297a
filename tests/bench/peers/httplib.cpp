// httplib PORT ANSWERS: what the library does at best, with a thread for each client and no routes to match.
#include <httplib.h>
#include <sys/socket.h>

#include <cstddef>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

int main(int, char** argv) {
  constexpr std::size_t threads = 1024;
  constexpr int backlog = 4096;
  std::unordered_map<std::string, std::string> bodies;
  std::ifstream answers(argv[2]);
  for (const auto& job : nlohmann::ordered_json::parse(answers)) {
    bodies.emplace("/v1/applications/jobs/" + job.at("id").get<std::string>(), job.dump());
  }

  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_pre_routing_handler([&](const httplib::Request& request, httplib::Response& response) {
    const auto body = bodies.find(request.path);
    if (request.get_header_value("Authorization") != "Bearer test-token") {
      response.status = 401;
    } else if (body == bodies.end()) {
      response.status = 404;
    } else {
      response.set_content(body->second, "application/json");
    }
    return httplib::Server::HandlerResponse::Handled;
  });

  int listening = -1;
  server.set_socket_options([&](socket_t socket) { listening = socket; });
  if (!server.bind_to_port("127.0.0.1", std::stoi(argv[1]))) return 1;
  ::listen(listening, backlog);  // the library was compiled with one of 5
  return server.listen_after_bind() ? 0 : 1;
}
