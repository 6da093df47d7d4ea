#include "reactor/socket.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include <sys/socket.h>
#include <unistd.h>

namespace iochron::reactor {

Socket& Socket::operator=(Socket&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Socket::~Socket()
{
    if (is_open()) {
        ::close(descriptor_);
    }
}

Socket make_socket(int type)
{
    return Socket(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

sockaddr_in to_sockaddr(base::Endpoint endpoint)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(endpoint.address.bits);
    address.sin_port = htons(endpoint.port);
    return address;
}

base::Endpoint to_endpoint(const sockaddr_in& address)
{
    return {{ntohl(address.sin_addr.s_addr)}, ntohs(address.sin_port)};
}

base::Endpoint local_endpoint(int descriptor)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return {};
    }
    return to_endpoint(address);
}

bool set_option(int descriptor, int level, int option, int value)
{
    return ::setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

std::string in_words(int error)
{
    switch (error) {
    case ECONNRESET:
        return "connection reset by peer";
    case EPIPE:
        return "connection closed by peer";
    case ECONNREFUSED:
        return "connection refused";
    case ETIMEDOUT:
        return "the peer's host does not answer any more";
    case EHOSTUNREACH:
        return "the host cannot be reached";
    case ENETUNREACH:
        return "there is no route to that network";
    case EMFILE:
        return "too many open files for this process; raise the limit (ulimit -n)";
    case ENFILE:
        return "too many open files on this host; raise fs.file-max";
    default:
        return std::generic_category().message(error);
    }
}

std::string bind_error(std::string_view what, base::Endpoint endpoint, int error)
{
    const std::string where = base::to_string(endpoint.address);
    switch (error) {
    case EADDRINUSE:
        return fmt::format("{} port {} is in use on {}; stop the other program or choose another port", what,
                           endpoint.port, where);
    case EACCES:
        return fmt::format("{} port {} on {} needs privileges; choose a port from 1024 on, or grant "
                           "CAP_NET_BIND_SERVICE",
                           what, endpoint.port, where);
    case EADDRNOTAVAIL:
        return fmt::format("{} is not an address of this host; choose one of its own", where);
    default:
        return fmt::format("{} port {} on {} cannot be had: {}", what, endpoint.port, where, in_words(error));
    }
}

} // namespace iochron::reactor
