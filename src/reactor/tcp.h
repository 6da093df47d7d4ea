#pragma once

#include "base/connection.h"
#include "base/endpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "reactor/shard.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::reactor {

class TcpStreams;

/// How sockets are set up. Buffer sizes are left to the kernel: every fixed size that was tried was slower.
struct TcpSettings {
    bool no_delay = true; ///< TCP_NODELAY: small frames leave at once, we batch ourselves
    /// SO_KEEPALIVE: a silent peer is asked after `idle`, and again each `interval`; after `probes` without an answer
    /// it is gone. (The system's own times let a peer whose host has died keep its channels for two hours.) No
    /// TCP_USER_TIMEOUT: it would also end the stream of a peer that lives and does not read.
    struct KeepAlive {
        std::chrono::seconds idle{60};
        std::chrono::seconds interval{10};
        int probes = 6;
    } keep_alive{};
    /// TCP_NOTSENT_LOWAT: what the kernel may hold unsent, so that an old value does not wait where it cannot be
    /// replaced. 0: the system's.
    std::size_t unsent_in_kernel_bytes = 128u << 10;
    /// TCP_CONGESTION for peers on this host, where bbr, the default of some systems, halves the rate. Empty: the
    /// system's. The second is taken where the first is not to be had.
    std::string congestion = "cubic";
    std::string congestion_instead = "reno";
    bool congestion_for_all = false;                  ///< for peers elsewhere too
    std::size_t large_bytes = 64u << 10;              ///< flush_if_large() writes from here on
    std::size_t bytes_per_turn = 512u << 10;          ///< written to one stream before the others have their turn
    base::Duration closing = std::chrono::seconds(5); ///< for the last output and the peer's own end, once finished
};

/// Makes the conversation for a stream that has just been opened; `stream` lives as long as the conversation. Null
/// refuses the peer.
using MakeConnection = std::move_only_function<std::unique_ptr<base::Connection>(class TcpStream& stream)>;

/// Drives one base::Connection over a socket. Made by a TcpListener or TcpConnect, owned by a TcpStreams.
///
/// After received(), ended(), due() and sent() the stream looks at the connection by itself. Whoever else puts output
/// into it (a monitor update, a reply that completes later), or changes its deadline() or finished(), calls touch().
/// closed() is called exactly once, from the end of a turn, never from within another call; the connection and then
/// the stream are destroyed right after it.
/// Thread: shard
class TcpStream : private Touched {
  public:
    TcpStream(TcpStreams& owner, int descriptor, base::Endpoint peer); ///< for TcpListener and TcpConnect
    ~TcpStream() override;

    [[nodiscard]] base::Endpoint peer() const { return peer_; }
    [[nodiscard]] base::Endpoint local() const { return local_; }
    [[nodiscard]] Shard& shard() const { return shard_; }
    [[nodiscard]] base::Connection& connection() const { return *connection_; }

    // hot: a compare when already touched.
    /// Looks at the connection at the end of the turn: writes its output, keeps its deadline. Within a Work's pass, at
    /// the end of the pass.
    void touch() { shard_.touch(*this); }
    // hot: a call of output() and a compare.
    /// Writes now, without waiting, if 64 KiB and more wait. For the loop that makes updates.
    void flush_if_large()
    {
        if (!blocked_ && connection_->output().size() >= large_bytes_) {
            flush();
        }
    }
    /// Writes now what the kernel takes without waiting, at most 512 KiB; tells the connection by sent() when all is
    /// written, which may bring more.
    void flush();
    /// Ends the stream at once, without writing what waits; closed(why) follows at the end of the turn.
    void close(std::string_view why);

    /// True while the kernel takes no more: the peer reads too slowly.
    [[nodiscard]] bool blocked() const { return blocked_; }
    [[nodiscard]] std::uint64_t bytes_received() const { return received_; }
    [[nodiscard]] std::uint64_t bytes_sent() const { return sent_; }

  private:
    friend class TcpStreams;
    struct Io;
    enum class State : unsigned char { open, draining, closing };

    void start(std::unique_ptr<base::Connection> connection);
    void readable();
    void writable();
    void received(std::span<const std::byte> bytes);
    void peer_ended();
    void due();
    void write();
    void write_failed(int error);
    void settle(base::Steady now) override;
    void look_at_connection(base::Steady now);
    void arm(base::Steady deadline);
    void finish();
    void close_connection();

    TcpStreams& owner_;
    Shard& shard_;
    std::unique_ptr<base::Connection> connection_; ///< null once closed() was called
    std::size_t large_bytes_;
    bool blocked_ = false;
    bool took_bytes_ = false; ///< sent() is owed
    bool heard_ = false;      ///< since something was sent last
    bool peer_ended_ = false;
    State state_ = State::open;
    base::Endpoint peer_;
    base::Endpoint local_;
    std::size_t place_ = 0; ///< in owner_
    std::uint64_t received_ = 0;
    std::uint64_t sent_ = 0;
    base::Steady give_up_ = base::never; ///< set once the connection is finished
    std::string why_;                    ///< it is closing
    std::string write_error_;            ///< nothing can be written any more
    std::unique_ptr<Io> io_;
};

/// The open streams of a server or a client.
/// Thread: shard
class TcpStreams {
  public:
    explicit TcpStreams(Shard& shard, TcpSettings settings = {});
    TcpStreams(const TcpStreams&) = delete;
    TcpStreams& operator=(const TcpStreams&) = delete;
    /// Closes all at once ("shutting down"), with closed() for each.
    ~TcpStreams();

    [[nodiscard]] std::size_t size() const { return live_; }
    [[nodiscard]] bool empty() const { return live_ == 0; }
    /// True when also no finished stream waits any more for its peer to have read all: now a program may end without
    /// spoiling its last output.
    [[nodiscard]] bool drained() const { return streams_.empty(); }
    /// Calls f(TcpStream&) for each. f may close streams; they go at the end of the turn.
    template <class F>
    void each(F&& f)
    {
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (streams_[i]->connection_) {
                f(*streams_[i]);
            }
        }
    }
    void close_all(std::string_view why);

    [[nodiscard]] Shard& shard() const { return shard_; }
    [[nodiscard]] const TcpSettings& settings() const { return settings_; }

    /// Takes over a connected, non-blocking socket. False when `make` refuses it.
    bool adopt(int descriptor, base::Endpoint peer, MakeConnection& make);

  private:
    friend class TcpStream;
    void remove(TcpStream& stream);

    Shard& shard_;
    TcpSettings settings_;
    std::vector<std::unique_ptr<TcpStream>> streams_;
    std::size_t live_ = 0; ///< those that have a connection
};

struct ListenSettings {
    std::vector<base::Ipv4> addresses{base::ipv4_any}; ///< each is listened on, with one port for all
    std::uint16_t port = 0;                            ///< 0: any
    bool other_port = true; ///< when the port is taken on one of them, take one that the kernel chooses, for all
    std::size_t connections = base::Limits{}.connections; ///< more are closed as they come, and logged
    base::Duration pause = std::chrono::seconds(1); ///< before trying again, when there are no descriptors to be had
};

/// Accepts peers on one port of one or several addresses, with SO_REUSEADDR. When descriptors run out it says so with
/// the remedy, pauses and goes on; streams that are open are not touched.
/// Thread: shard
class TcpListener {
  public:
    /// The text says what is wrong and what helps ("port 5064 is in use on 0.0.0.0 ..."). `streams` and `log` must
    /// outlive the listener.
    static std::expected<std::unique_ptr<TcpListener>, std::string>
    open(TcpStreams& streams, const ListenSettings& settings, MakeConnection make, base::Log& log);
    ~TcpListener(); ///< stops accepting; the streams stay

    [[nodiscard]] std::uint16_t port() const;
    /// True when the port wanted was taken and another one is served.
    [[nodiscard]] bool has_other_port() const;
    [[nodiscard]] const std::vector<base::Endpoint>& endpoints() const;

  private:
    struct Io;
    explicit TcpListener(std::unique_ptr<Io> io);
    std::unique_ptr<Io> io_;
};

/// One attempt to connect. Either `make` is called, once connected, and the stream lives on in `streams`; or `failed`,
/// with words: "connection refused by 127.0.0.1:5064", "no answer from 10.0.0.9:5064 within 5 s". Never both, never
/// from within the constructor. Destroying it (also from within the calls) gives up silently.
/// Thread: shard
class TcpConnect {
  public:
    using Failed = std::move_only_function<void(std::string why)>;

    TcpConnect(TcpStreams& streams, base::Endpoint peer, base::Duration patience, MakeConnection make, Failed failed);
    TcpConnect(TcpConnect&&) noexcept;
    TcpConnect& operator=(TcpConnect&&) noexcept;
    ~TcpConnect();

    /// True until `make` or `failed` has been called.
    [[nodiscard]] bool pending() const;

  private:
    struct Io;
    std::shared_ptr<Io> io_;
};

} // namespace iochron::reactor
