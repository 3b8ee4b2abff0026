#include "server/http_server.hpp"

#include <restinio/all.hpp>
#include <thread>

namespace earmark::server {
namespace {

// Bounds the connections. RESTinio has a limiter of its own, but connections that are open at the end would outlive it.
class Doorkeeper {
 public:
  restinio::ip_blocker::inspection_result_t inspect(const restinio::ip_blocker::incoming_info_t&) noexcept {
    return open_ < http_limits::connections ? restinio::ip_blocker::allow() : restinio::ip_blocker::deny();
  }
  void state_changed(const restinio::connection_state::notice_t& notice) noexcept {
    if (restinio::holds_alternative<restinio::connection_state::accepted_t>(notice.cause())) ++open_;
    if (restinio::holds_alternative<restinio::connection_state::closed_t>(notice.cause())) --open_;
  }

 private:
  std::size_t open_ = 0;
};

// Says nothing. But when no connection can be accepted, for want of descriptors most likely, RESTinio tries again at once
// and for ever: then the thread rests a moment.
class RestingLogger {
 public:
  void trace(auto&&) const noexcept {}
  void info(auto&&) const noexcept {}
  void warn(auto&&) const noexcept {}
  void error(auto&& words) const {
    if (words().starts_with("failed to accept")) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
};

struct Traits : restinio::single_thread_traits_t<restinio::asio_timer_manager_t, RestingLogger> {
  using ip_blocker_t = Doorkeeper;
  using connection_state_listener_t = Doorkeeper;
};

std::string_view reason_of(std::uint16_t status) {
  switch (status) {
    case 200: return "OK";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 503: return "Service Unavailable";
    default: return "Other";
  }
}

// What is written without a body is an answer to HEAD: the length is that of what GET would bring.
restinio::request_handling_status_t send(const restinio::request_handle_t& request, const HttpAnswer& answer, std::string_view allow = {}) {
  auto response = request->create_response<restinio::user_controlled_output_t>(
      {restinio::http_status_code_t{answer.status}, std::string(reason_of(answer.status))});
  response.append_header_date_field();
  response.append_header(restinio::http_field::content_type, answer.type);
  response.append_header(restinio::http_field::cache_control, "no-store");
  if (!allow.empty()) response.append_header(restinio::http_field::allow, std::string(allow));
  response.set_content_length(answer.body.size());
  if (!request->header().should_keep_alive()) response.connection_close();
  if (request->header().method() != restinio::http_method_head()) response.append_body(answer.body);
  return response.done();
}

restinio::incoming_http_msg_limits_t message_limits() {
  return restinio::incoming_http_msg_limits_t{}
      .max_url_size(http_limits::url_bytes)
      .max_field_name_size(http_limits::field_name_bytes)
      .max_field_value_size(http_limits::field_bytes)
      .max_field_count(http_limits::fields)
      .max_body_size(http_limits::body_bytes);
}

}  // namespace

struct HttpServer::Listener {
  template <class Configure>
  Listener(asio::io_context& context, Configure&& configure) : server(restinio::external_io_context(context), configure) {}
  restinio::http_server_t<Traits> server;
};

HttpServer::HttpServer(asio::io_context& context) : context_(context) {}
HttpServer::~HttpServer() = default;

void HttpServer::serve(std::string path, HttpHandler handler) { handlers_[std::move(path)] = std::move(handler); }

std::string HttpServer::open(const Endpoint& endpoint) {
  endpoint_ = endpoint;
  const auto handle = [this](const restinio::request_handle_t& request) {
    const std::string_view path(request->header().path().data(), request->header().path().size());
    const std::string_view query(request->header().query().data(), request->header().query().size());
    const auto method = request->header().method();
    if (method != restinio::http_method_get() && method != restinio::http_method_head()) {
      return send(request, {405, HttpAnswer{}.type, "only GET and HEAD\n"}, "GET, HEAD");
    }
    const auto found = handlers_.find(path);
    if (found == handlers_.end()) return send(request, {404, HttpAnswer{}.type, "there is nothing here\n"});
    return send(request, found->second({path, query}));
  };
  const auto doorkeeper = std::make_shared<Doorkeeper>();
  try {
    listener_ = std::make_unique<Listener>(context_, [&](auto& settings) {
      settings.address(endpoint.host)
          .port(endpoint.port)
          .ip_blocker(doorkeeper)
          .connection_state_listener(doorkeeper)
          .concurrent_accepts_count(1)
          .max_pipelined_requests(1)
          .buffer_size(4096)
          .read_next_http_message_timelimit(http_limits::request_time)
          .write_http_response_timelimit(http_limits::answer_time)
          .handle_request_timeout(http_limits::answer_time)
          .incoming_http_msg_limits(message_limits())
          .acceptor_post_bind_hook([this](asio::ip::tcp::acceptor& acceptor) { endpoint_.port = acceptor.local_endpoint().port(); })
          .request_handler(handle);
    });
    listener_->server.open_sync();
    return {};
  } catch (const std::exception& error) {
    listener_.reset();
    return error.what();
  }
}

void HttpServer::close() { listener_.reset(); }

}  // namespace earmark::server
