#include "reactor/poller.h"
#include "reactor/socket.h"
#include "reactor/tcp.h"
#include "reactor/timer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace iochron::reactor {
namespace {

constexpr std::size_t most_pieces = 16;

void set_congestion(int descriptor, const TcpSettings& settings)
{
    for (const std::string* const name : {&settings.congestion, &settings.congestion_instead}) {
        if (!name->empty() && ::setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, name->data(),
                                           static_cast<socklen_t>(name->size())) == 0) {
            return;
        }
    }
}

void set_keep_alive(int descriptor, const TcpSettings::KeepAlive& how)
{
    set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(how.idle.count()));
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(how.interval.count()));
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, how.probes);
}

/// All of it is tuning: a kernel that refuses one of them serves as well.
void set_up(int descriptor, const TcpSettings& settings, base::Endpoint peer, base::Endpoint local)
{
    set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, settings.no_delay ? 1 : 0);
    set_keep_alive(descriptor, settings.keep_alive);
    if (settings.unsent_in_kernel_bytes > 0) {
        set_option(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(settings.unsent_in_kernel_bytes));
    }
    const bool same_host = peer.address.loopback() || peer.address == local.address;
    if (settings.congestion_for_all || same_host) {
        set_congestion(descriptor, settings);
    }
}

/// Sends the first bytes that wait, at most `most`. Gives what the kernel took, or -1, and what it was offered.
std::pair<ssize_t, std::size_t> send_some(int descriptor, const base::Output& output, std::size_t most)
{
    std::array<std::span<const std::byte>, most_pieces> pieces;
    std::array<iovec, most_pieces> vectors;
    const std::size_t count = output.gather(pieces);
    std::size_t used = 0;
    std::size_t offered = 0;
    for (; used < count && offered < most; ++used) {
        const std::size_t size = std::min(pieces[used].size(), most - offered);
        vectors[used] = {const_cast<std::byte*>(pieces[used].data()), size};
        offered += size;
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    return {::sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT), offered};
}

} // namespace

struct TcpStream::Io {
    Watch watch;
    Timer timer; ///< at the earlier of the connection's deadline and give_up_
};

TcpStream::TcpStream(TcpStreams& owner, int descriptor, base::Endpoint peer)
    : owner_(owner), shard_(owner.shard()), large_bytes_(owner.settings().large_bytes), peer_(peer),
      local_(local_endpoint(descriptor))
{
    set_up(descriptor, owner.settings(), peer_, local_);
    io_ = std::make_unique<Io>(
        Io{Watch(shard_.poller(), descriptor, [this] { readable(); }, [this] { writable(); }), Timer(shard_)});
}

TcpStream::~TcpStream()
{
    shard_.forget(*this);
}

void TcpStream::start(std::unique_ptr<base::Connection> connection)
{
    connection_ = std::move(connection);
    ++owner_.live_;
    io_->timer.at(base::never, [this] { due(); });
    io_->watch.await_readable();
    touch();
}

void TcpStream::readable()
{
    if (state_ == State::closing) {
        return;
    }
    shard_.refresh();
    const std::span<std::byte> buffer = shard_.read_buffer();
    const ssize_t size = ::recv(io_->watch.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
        io_->watch.await_readable();
        received(buffer.first(static_cast<std::size_t>(size)));
    } else if (size == 0) {
        peer_ended();
    } else if (errno == EAGAIN || errno == EINTR) {
        io_->watch.await_readable();
    } else {
        close(in_words(errno));
    }
}

void TcpStream::received(std::span<const std::byte> bytes)
{
    if (state_ == State::open) { // while draining, what comes is read only so that the close is no reset
        received_ += bytes.size();
        heard_ = true;
        connection_->received(bytes, shard_.now());
        touch();
    }
}

void TcpStream::peer_ended()
{
    if (state_ == State::draining || !write_error_.empty()) {
        close(write_error_);
    } else if (peer_ended_) { // woken by await_error()
        close(in_words(ECONNRESET));
    } else {
        peer_ended_ = true;
        io_->watch.await_error();
        connection_->ended(shard_.now());
        touch();
    }
}

void TcpStream::due()
{
    const base::Steady now = shard_.now();
    if (now >= give_up_) {
        close("the peer does not read the last output");
    } else if (state_ == State::open && connection_->deadline() <= now) {
        connection_->due(now);
    }
    touch();
}

void TcpStream::flush()
{
    if (state_ == State::open) {
        write();
        touch(); // for sent(), and for what is left
    }
}

void TcpStream::write()
{
    base::Output& output = connection_->output();
    if (!write_error_.empty()) {
        output.clear();
    }
    for (std::size_t left = owner_.settings().bytes_per_turn; left > 0 && !blocked_ && !output.empty();) {
        const auto [sent, offered] = send_some(io_->watch.descriptor(), output, left);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            write_failed(errno);
            return;
        }
        const std::size_t taken = sent > 0 ? static_cast<std::size_t>(sent) : 0;
        output.consume(taken);
        left -= taken;
        sent_ += taken;
        took_bytes_ = took_bytes_ || taken > 0;
        if (std::exchange(heard_, false)) {
            shard_.vigil().answered();
        }
        if (taken < offered) {
            blocked_ = true;
            io_->watch.await_writable();
        } else if (output.empty()) { // it may have more, which it holds back while this waits
            took_bytes_ = false;
            connection_->sent(shard_.now());
        }
    }
}

/// What the peer sent before it went (a put, then close) is still to be read; the stream ends behind it.
void TcpStream::write_failed(int error)
{
    write_error_ = in_words(error);
    connection_->output().clear();
    if (peer_ended_) {
        close(write_error_);
    }
}

void TcpStream::writable()
{
    blocked_ = false;
    if (state_ == State::open && (!shard_.waits_for_pass(*this) || connection_->output().size() >= large_bytes_)) {
        touch();
    }
}

void TcpStream::settle(base::Steady now)
{
    if (state_ == State::open) {
        write();
        if (std::exchange(took_bytes_, false)) {
            connection_->sent(now);
        }
    }
    if (state_ == State::open) {
        look_at_connection(now);
    } else if (state_ == State::closing) {
        close_connection();
        owner_.remove(*this); // destroys this
    }
}

void TcpStream::look_at_connection(base::Steady now)
{
    base::Output& output = connection_->output();
    output.mark(now);
    if (connection_->finished() && give_up_ == base::never) {
        give_up_ = now + owner_.settings().closing;
    }
    if (give_up_ != base::never && output.empty()) {
        finish();
        return;
    }
    if (!output.empty() && !blocked_) {
        touch(); // its share of this turn is used
    }
    arm(std::min(connection_->deadline(), give_up_));
}

/// Only ever to an earlier time: a deadline that moves away with every message costs nothing, and is looked at again
/// when the old one is due.
void TcpStream::arm(base::Steady deadline)
{
    if (deadline < io_->timer.deadline()) {
        io_->timer.at(deadline);
    }
}

/// Everything is written. A close with bytes unread would reset the connection and could destroy what the peer has
/// not read yet; so we end our side, and read until the peer ends its own.
void TcpStream::finish()
{
    ::shutdown(io_->watch.descriptor(), SHUT_WR);
    why_ = peer_ended_ ? "closed by the peer" : "closed by this side";
    state_ = peer_ended_ ? State::closing : State::draining;
    close_connection();
    io_->timer.at(give_up_);
    touch();
}

void TcpStream::close(std::string_view why)
{
    if (state_ != State::closing) {
        state_ = State::closing;
        why_ = why;
        touch();
    }
}

void TcpStream::close_connection()
{
    if (connection_) {
        --owner_.live_;
        connection_->closed(why_, shard_.now());
        connection_.reset();
    }
}

} // namespace iochron::reactor
