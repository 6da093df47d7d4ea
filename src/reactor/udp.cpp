#include "reactor/udp.h"

#include "reactor/poller.h"
#include "reactor/socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace iochron::reactor {
namespace {

constexpr std::size_t batch = 32;
constexpr std::size_t datagram_bytes = 64u << 10;
constexpr auto turn = std::chrono::milliseconds(1);

std::expected<void, std::string> join_group(int descriptor, const UdpSettings::Group& group)
{
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group.group.bits);
    request.imr_address.s_addr = htonl(group.interface.bits);
    if (::setsockopt(descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0 || errno == EADDRINUSE) {
        return {}; // in use: this socket is a member already
    }
    return std::unexpected(fmt::format("multicast group {} cannot be joined on interface {}: {}",
                                       base::to_string(group.group), base::to_string(group.interface),
                                       in_words(errno)));
}

std::expected<void, std::string> set_up(int descriptor, const UdpSettings& settings)
{
    if (settings.share_port) {
        set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
        set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    }
    if (settings.broadcast && !set_option(descriptor, SOL_SOCKET, SO_BROADCAST, 1)) {
        return std::unexpected(fmt::format("broadcasts cannot be sent: {}", in_words(errno)));
    }
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, 0); // else it receives what other processes joined
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, settings.multicast_ttl);
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_LOOP, settings.multicast_loop ? 1 : 0);
    if (!settings.multicast_from.any()) {
        ip_mreqn from{};
        from.imr_address.s_addr = htonl(settings.multicast_from.bits);
        if (::setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) != 0) {
            return std::unexpected(fmt::format("multicasts cannot leave by {}: {}",
                                               base::to_string(settings.multicast_from), in_words(errno)));
        }
    }
    return {};
}

} // namespace

struct UdpSocket::Io : std::enable_shared_from_this<UdpSocket::Io> {
    Io(Shard& s, Receive r) : shard(s), receive(std::move(r)), buffers(new std::byte[batch * datagram_bytes]) { aim(); }
    void aim();
    void readable();
    std::size_t receive_batch(std::size_t most);

    Shard& shard;
    Receive receive;
    std::size_t per_turn = 0;
    bool open = true; ///< false once the UdpSocket is destroyed, perhaps by its own receive()
    Watch watch;
    std::unique_ptr<std::byte[]> buffers;
    std::array<sockaddr_in, batch> from{};
    std::array<iovec, batch> vectors{};
    std::array<mmsghdr, batch> messages{};
};

void UdpSocket::Io::aim()
{
    for (std::size_t i = 0; i < batch; ++i) {
        vectors[i] = {buffers.get() + i * datagram_bytes, datagram_bytes};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &from[i];
    }
}

/// Gives how many came; an error (of a datagram sent earlier) counts as one, no datagram being there as none.
std::size_t UdpSocket::Io::receive_batch(std::size_t most)
{
    for (mmsghdr& message : messages) {
        message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
    const int count = ::recvmmsg(watch.descriptor(), messages.data(), static_cast<unsigned>(std::min(most, batch)),
                                 MSG_DONTWAIT, nullptr);
    if (count < 0) {
        return errno == EAGAIN ? 0 : 1;
    }
    std::array<Datagram, batch> datagrams;
    const auto came = static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < came; ++i) {
        datagrams[i] = {to_endpoint(from[i]), {buffers.get() + i * datagram_bytes, messages[i].msg_len}};
    }
    receive(std::span<const Datagram>(datagrams.data(), came));
    return came;
}

void UdpSocket::Io::readable()
{
    const auto keep = shared_from_this(); // receive() may destroy the UdpSocket
    const base::Steady until = shard.refresh() + turn;
    for (std::size_t handled = 0; open && handled < per_turn && shard.now() < until;) {
        const std::size_t came = receive_batch(per_turn - handled);
        if (came == 0) {
            break;
        }
        handled += came;
        shard.refresh();
    }
    if (open) {
        watch.await_readable();
    }
}

UdpSocket::UdpSocket(std::shared_ptr<Io> io) : io_(std::move(io)) {}

UdpSocket::~UdpSocket()
{
    io_->open = false;
    io_->watch.close();
}

std::expected<std::unique_ptr<UdpSocket>, std::string> UdpSocket::open(Shard& shard, const UdpSettings& settings,
                                                                       Receive receive)
{
    Socket socket = make_socket(SOCK_DGRAM);
    if (!socket.is_open()) {
        return std::unexpected(fmt::format("no UDP socket can be had: {}", in_words(errno)));
    }
    if (auto ready = set_up(socket.descriptor(), settings); !ready) {
        return std::unexpected(ready.error());
    }
    const sockaddr_in address = to_sockaddr(settings.bind);
    if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return std::unexpected(bind_error("UDP", settings.bind, errno));
    }
    for (const UdpSettings::Group& group : settings.groups) {
        if (auto joined = join_group(socket.descriptor(), group); !joined) {
            return std::unexpected(joined.error());
        }
    }
    auto io = std::make_shared<Io>(shard, std::move(receive));
    io->per_turn = std::max<std::size_t>(settings.datagrams_per_turn, 1);
    io->watch = Watch(shard.poller(), socket.release(), [io = io.get()] { io->readable(); }, [] {});
    io->watch.await_readable();
    return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(io)));
}

std::expected<void, std::string> UdpSocket::send(base::Endpoint to, std::span<const std::byte> bytes)
{
    const sockaddr_in address = to_sockaddr(to);
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::sendto(io_->watch.descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                     reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0) {
            return {};
        }
        if (errno != ECONNREFUSED) { // which tells of an earlier datagram; this one was not sent
            break;
        }
    }
    const int error = errno;
    const std::string why = error == EAGAIN   ? "the network takes no more at present"
                            : error == EACCES ? "sending to a broadcast address was not asked for"
                                              : in_words(error);
    return std::unexpected(fmt::format("{}: {}", base::to_string(to), why));
}

std::expected<void, std::string> UdpSocket::join(const UdpSettings::Group& group)
{
    return join_group(io_->watch.descriptor(), group);
}

base::Endpoint UdpSocket::local() const
{
    return local_endpoint(io_->watch.descriptor());
}

} // namespace iochron::reactor
