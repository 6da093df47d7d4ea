#include "reactor/poller.h"
#include "reactor/socket.h"
#include "reactor/tcp.h"
#include "reactor/timer.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace iochron::reactor {

struct TcpConnect::Io : std::enable_shared_from_this<TcpConnect::Io> {
    Io(TcpStreams& to, base::Endpoint whom, MakeConnection maker, Failed teller)
        : streams(to), peer(whom), make(std::move(maker)), failed(std::move(teller)), timer(to.shard())
    {}
    void start(base::Duration patience);
    void connected();
    void fail(std::string why);

    TcpStreams& streams;
    base::Endpoint peer;
    MakeConnection make;
    Failed failed;
    Watch watch;
    Timer timer;
    bool pending = true;
};

void TcpConnect::Io::start(base::Duration patience)
{
    Socket socket = make_socket(SOCK_STREAM);
    const sockaddr_in address = to_sockaddr(peer);
    const base::Steady now = streams.shard().refresh();
    if (!socket.is_open() ||
        (::connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno != EINPROGRESS)) {
        timer.at(now, [this, error = errno] {
            fail(fmt::format("{} cannot be connected: {}", base::to_string(peer), in_words(error)));
        });
        return;
    }
    watch = Watch(streams.shard().poller(), socket.release(), [] {}, [this] { connected(); });
    watch.await_writable();
    timer.at(now + patience, [this, patience] {
        const double seconds = std::chrono::duration<double>(patience).count();
        fail(fmt::format("no answer from {} within {:g} s", base::to_string(peer), seconds));
    });
}

void TcpConnect::Io::connected()
{
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(watch.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == ECONNREFUSED) {
        fail(fmt::format("connection refused by {}", base::to_string(peer)));
    } else if (error != 0) {
        fail(fmt::format("{} cannot be connected: {}", base::to_string(peer), in_words(error)));
    } else {
        const auto keep = shared_from_this(); // `make` may destroy the TcpConnect
        timer.cancel();
        pending = false;
        streams.adopt(watch.release(), peer, make);
    }
}

void TcpConnect::Io::fail(std::string why)
{
    const auto keep = shared_from_this(); // `failed` may destroy the TcpConnect
    timer.cancel();
    watch.close();
    pending = false;
    failed(std::move(why));
}

TcpConnect::TcpConnect(TcpStreams& streams, base::Endpoint peer, base::Duration patience, MakeConnection make,
                       Failed failed)
    : io_(std::make_shared<Io>(streams, peer, std::move(make), std::move(failed)))
{
    io_->start(patience);
}

TcpConnect::TcpConnect(TcpConnect&&) noexcept = default;
TcpConnect& TcpConnect::operator=(TcpConnect&&) noexcept = default;
TcpConnect::~TcpConnect() = default;

bool TcpConnect::pending() const
{
    return io_ && io_->pending;
}

} // namespace iochron::reactor
