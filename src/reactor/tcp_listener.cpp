#include "reactor/poller.h"
#include "reactor/socket.h"
#include "reactor/tcp.h"
#include "reactor/timer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace iochron::reactor {
namespace {

constexpr int accepts_per_turn = 64;
constexpr int other_port_attempts = 32;

struct BindFailure {
    base::Endpoint endpoint;
    int error;
};

std::expected<Socket, BindFailure> listen_on(base::Endpoint endpoint)
{
    Socket socket = make_socket(SOCK_STREAM);
    const sockaddr_in address = to_sockaddr(endpoint);
    if (!socket.is_open() || !set_option(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, 1) ||
        ::bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket.descriptor(), SOMAXCONN) != 0) {
        return std::unexpected(BindFailure{endpoint, errno});
    }
    return socket;
}

/// One socket for each address, all with one port: the given one or, for 0, one that the kernel chose for the first.
std::expected<std::vector<Socket>, BindFailure> listen_on_all(const std::vector<base::Ipv4>& addresses,
                                                              std::uint16_t port)
{
    std::vector<Socket> sockets;
    for (const base::Ipv4 address : addresses) {
        auto socket = listen_on({address, port});
        if (!socket) {
            return std::unexpected(socket.error());
        }
        port = local_endpoint(socket->descriptor()).port;
        sockets.push_back(std::move(*socket));
    }
    return sockets;
}

/// Each address once; "any" covers all others and would collide with them.
std::vector<base::Ipv4> distinct(std::vector<base::Ipv4> addresses)
{
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.empty() || addresses.front().any()) {
        return {base::ipv4_any};
    }
    return addresses;
}

bool another_port_helps(int error)
{
    return error == EADDRINUSE || error == EACCES;
}

} // namespace

struct TcpListener::Io {
    Io(TcpStreams& to, ListenSettings how, MakeConnection maker, base::Log& log_to)
        : streams(to), settings(std::move(how)), make(std::move(maker)), log(log_to), resume(to.shard())
    {}
    void listen(std::vector<Socket> sockets);
    void await_peers();
    void accept(Watch& watch);
    bool accept_one(int listener);
    bool accept_failed(int error);
    void welcome(Socket socket, base::Endpoint peer);

    TcpStreams& streams;
    ListenSettings settings;
    MakeConnection make;
    base::Log& log;
    std::vector<base::Endpoint> endpoints;
    std::vector<std::unique_ptr<Watch>> watches;
    bool exhausted = false; ///< descriptors had run out, and it was said
    Timer resume;
};

void TcpListener::Io::listen(std::vector<Socket> sockets)
{
    for (Socket& socket : sockets) {
        endpoints.push_back(local_endpoint(socket.descriptor()));
        auto& watch = watches.emplace_back(std::make_unique<Watch>());
        *watch = Watch(streams.shard().poller(), socket.release(), [this, w = watch.get()] { accept(*w); }, [] {});
    }
    resume.at(base::never, [this] { await_peers(); });
    await_peers();
}

void TcpListener::Io::await_peers()
{
    for (const auto& watch : watches) {
        watch->await_readable();
    }
}

void TcpListener::Io::accept(Watch& watch)
{
    streams.shard().refresh();
    for (int i = 0; i < accepts_per_turn; ++i) {
        if (!accept_one(watch.descriptor())) {
            break;
        }
    }
    if (!resume.armed()) {
        watch.await_readable();
    }
}

/// False when no more peers can be had at present.
bool TcpListener::Io::accept_one(int listener)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    Socket socket(::accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) {
        return accept_failed(errno);
    }
    exhausted = false;
    welcome(std::move(socket), to_endpoint(address));
    return true;
}

bool TcpListener::Io::accept_failed(int error)
{
    switch (error) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        if (!std::exchange(exhausted, true)) {
            log.error("tcp.accept", "no further peers can be accepted on port {}: {}; trying again from time to time",
                      endpoints.front().port, in_words(error));
        }
        resume.at(streams.shard().now() + settings.pause);
        return false;
    default:
        return true; // that peer has gone already; accept(2) hands its network errors on
    }
}

void TcpListener::Io::welcome(Socket socket, base::Endpoint peer)
{
    if (streams.size() >= settings.connections) {
        log.warning("tcp.connections", "{} is turned away: {} connections are open, which is the limit",
                    base::to_string(peer), streams.size());
        return;
    }
    streams.adopt(socket.release(), peer, make);
}

TcpListener::TcpListener(std::unique_ptr<Io> io) : io_(std::move(io)) {}
TcpListener::~TcpListener() = default;

std::expected<std::unique_ptr<TcpListener>, std::string>
TcpListener::open(TcpStreams& streams, const ListenSettings& settings, MakeConnection make, base::Log& log)
{
    const std::vector<base::Ipv4> addresses = distinct(settings.addresses);
    auto sockets = listen_on_all(addresses, settings.port);
    const bool move = settings.other_port || settings.port == 0;
    for (int i = 0; move && i < other_port_attempts && !sockets && another_port_helps(sockets.error().error); ++i) {
        sockets = listen_on_all(addresses, 0);
    }
    if (!sockets) {
        return std::unexpected(bind_error("TCP", sockets.error().endpoint, sockets.error().error));
    }
    auto io = std::make_unique<Io>(streams, settings, std::move(make), log);
    io->listen(std::move(*sockets));
    return std::unique_ptr<TcpListener>(new TcpListener(std::move(io)));
}

std::uint16_t TcpListener::port() const
{
    return io_->endpoints.front().port;
}

bool TcpListener::has_other_port() const
{
    return io_->settings.port != 0 && port() != io_->settings.port;
}

const std::vector<base::Endpoint>& TcpListener::endpoints() const
{
    return io_->endpoints;
}

} // namespace iochron::reactor
