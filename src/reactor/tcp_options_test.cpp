// What sockets are set to, seen in the kernel: what it may hold, and how it notices a peer that is gone.
#include "reactor/socket.h"
#include "reactor/tcp_fixture.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace iochron::reactor {
namespace {

int option(int descriptor, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(descriptor, level, name, &value, &size), 0);
    return value;
}

/// The descriptor of this process whose peer is the given one.
int descriptor_to(base::Endpoint peer)
{
    for (int descriptor = 3; descriptor < 1024; ++descriptor) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
            to_endpoint(address) == peer) {
            return descriptor;
        }
    }
    return -1;
}

class TcpOptions : public Tcp {
  protected:
    /// A peer that never reads, and the server's end of it.
    void meet()
    {
        auto opened = TcpListener::open(
            served, {.addresses = {base::ipv4_loopback}},
            [&](TcpStream& stream) {
                auto connection = std::make_unique<ListeningConnection>(stream.shard().pool(), server_seen);
                writer = connection.get();
                end = &stream;
                return connection;
            },
            log);
        ASSERT_TRUE(opened) << opened.error();
        listener = std::move(*opened);
        const sockaddr_in address = to_sockaddr(server());
        ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ASSERT_TRUE(run([&] { return end != nullptr; }));
        descriptor = descriptor_to(end->peer());
        ASSERT_GE(descriptor, 0);
    }

    Socket peer{::socket(AF_INET, SOCK_STREAM, 0)};
    ListeningConnection* writer = nullptr;
    TcpStream* end = nullptr;
    int descriptor = -1;
};

TEST_F(TcpOptions, TheKernelIsGivenLittleToHold)
{
    ASSERT_NO_FATAL_FAILURE(meet());
    const std::size_t most = served.settings().unsent_in_kernel_bytes;
    constexpr std::size_t piece = 50'000;
    std::size_t produced = 0;
    while (!end->blocked()) {
        writer->say(std::string(piece, 's'));
        produced += piece;
        end->flush();
        ASSERT_LT(produced, 100'000'000u);
    }
    int unsent = -1;
    ASSERT_EQ(::ioctl(descriptor, SIOCOUTQNSD, &unsent), 0);
    EXPECT_LE(static_cast<std::size_t>(unsent), most + 2 * piece);
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT), static_cast<int>(most));
}

TEST_F(TcpOptions, SmallFramesLeaveAtOnceAndASilentPeerIsAskedWhetherItLives)
{
    ASSERT_NO_FATAL_FAILURE(meet());
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option(descriptor, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE), 60);
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL), 10);
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_KEEPCNT), 6);
    // With a bound here, Linux would also end a stream whose peer lives and does not read: a client that is stopped.
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
}

} // namespace
} // namespace iochron::reactor
