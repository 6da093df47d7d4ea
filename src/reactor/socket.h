#pragma once

#include "base/endpoint.h"

#include <string>
#include <string_view>
#include <utility>

#include <netinet/in.h>

namespace iochron::reactor {

/// A descriptor that is closed with its owner. For within the room.
/// Thread: any (one at a time)
class Socket {
  public:
    explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
    Socket& operator=(Socket&& other) noexcept;
    ~Socket();

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_;
};

/// A non-blocking IPv4 socket (SOCK_STREAM or SOCK_DGRAM); not open, and errno set, when there is none to be had.
[[nodiscard]] Socket make_socket(int type);

[[nodiscard]] sockaddr_in to_sockaddr(base::Endpoint endpoint);
[[nodiscard]] base::Endpoint to_endpoint(const sockaddr_in& address);
/// Where a socket is bound.
[[nodiscard]] base::Endpoint local_endpoint(int descriptor);
bool set_option(int descriptor, int level, int option, int value);

/// An error number as people say it, with the remedy where there is one.
[[nodiscard]] std::string in_words(int error);
/// Why `endpoint` cannot be bound, and what helps. `what` is "TCP" or "UDP".
[[nodiscard]] std::string bind_error(std::string_view what, base::Endpoint endpoint, int error);

} // namespace iochron::reactor
