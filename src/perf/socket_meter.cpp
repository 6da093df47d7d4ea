#include "perf/socket_meter.h"

#include "base/problem.h"

#include <fmt/format.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string>
#include <unordered_set>

namespace iochron::perf {
namespace {

/// The inodes of the sockets that a process has open: /proc/PID/fd/N -> "socket:[INODE]".
std::unordered_set<std::uint32_t> socket_inodes(pid_t pid)
{
    std::unordered_set<std::uint32_t> inodes;
    std::error_code gone;
    for (const auto& fd : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid), gone)) {
        const std::string target = std::filesystem::read_symlink(fd.path(), gone).string();
        constexpr std::string_view prefix = "socket:[";
        std::uint32_t inode = 0;
        if (target.starts_with(prefix) &&
            std::from_chars(target.data() + prefix.size(), target.data() + target.size(), inode).ec == std::errc{}) {
            inodes.insert(inode);
        }
    }
    return inodes;
}

class DiagSocket {
  public:
    DiagSocket() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG))
    {
        if (fd_ < 0) {
            throw base::Problem(
                fmt::format("no socket statistics: {}; the kernel needs CONFIG_INET_DIAG", std::strerror(errno)));
        }
    }
    DiagSocket(const DiagSocket&) = delete;
    DiagSocket& operator=(const DiagSocket&) = delete;
    ~DiagSocket() { close(fd_); }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
};

void ask_for_all_tcp_sockets(int fd)
{
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.request.sdiag_family = AF_INET;
    message.request.sdiag_protocol = IPPROTO_TCP;
    message.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    message.request.idiag_states = ~0u;
    if (send(fd, &message, sizeof message, 0) < 0) {
        throw base::Problem(fmt::format("no socket statistics: {}", std::strerror(errno)));
    }
}

void add(const nlmsghdr& header, const std::unordered_set<std::uint32_t>& inodes, SocketUse& use)
{
    const auto* const found = static_cast<const inet_diag_msg*>(NLMSG_DATA(&header));
    if (!inodes.contains(found->idiag_inode)) {
        return;
    }
    auto left = static_cast<int>(header.nlmsg_len - NLMSG_LENGTH(sizeof(inet_diag_msg)));
    for (const auto* attribute = reinterpret_cast<const rtattr*>(found + 1); RTA_OK(attribute, left);
         attribute = RTA_NEXT(attribute, left)) {
        if (attribute->rta_type == INET_DIAG_INFO) {
            tcp_info info{};
            std::memcpy(&info, RTA_DATA(attribute), std::min<std::size_t>(sizeof info, RTA_PAYLOAD(attribute)));
            use.sent_bytes += info.tcpi_bytes_acked;
            use.received_bytes += info.tcpi_bytes_received;
            ++use.sockets;
        }
    }
}

} // namespace

SocketUse socket_use(pid_t pid)
{
    const auto inodes = socket_inodes(pid);
    const DiagSocket socket;
    ask_for_all_tcp_sockets(socket.fd());
    SocketUse use;
    alignas(nlmsghdr) std::array<char, 64 << 10> buffer;
    for (bool more = true; more;) {
        const ssize_t n = recv(socket.fd(), buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            break;
        }
        auto left = static_cast<unsigned>(n);
        for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
                more = false;
                break;
            }
            add(*header, inodes, use);
        }
    }
    return use;
}

} // namespace iochron::perf
