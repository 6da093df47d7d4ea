#include "perf/free_port.h"

#include "base/problem.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace iochron::perf {
namespace {

class Probe {
  public:
    explicit Probe(int type) : fd_(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {}
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    ~Probe() { close(fd_); }

    /// Binds to the port (0: any) and gives the one it has, or 0.
    [[nodiscard]] std::uint16_t bind_to(std::uint16_t port) const
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        socklen_t size = sizeof address;
        if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
            getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            return 0;
        }
        return ntohs(address.sin_port);
    }

  private:
    int fd_;
};

} // namespace

std::uint16_t free_port()
{
    constexpr int tries = 100;
    constexpr std::uint16_t lowest = 5001;
    for (int i = 0; i < tries; ++i) {
        const Probe udp(SOCK_DGRAM);
        const Probe tcp(SOCK_STREAM);
        if (const std::uint16_t port = udp.bind_to(0); port >= lowest && tcp.bind_to(port) == port) {
            return port;
        }
    }
    throw base::Problem("no free port on 127.0.0.1; is the loopback interface up?");
}

} // namespace iochron::perf
