#pragma once

#include "base/log.h"
#include "base/manual_clock.h"
#include "server/fake_source.h"
#include "server/noted_line.h"
#include "server/pva/connection.h"
#include "wire/hex.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::server::pva {

/// Bytes as the tests write them: hex digits, and texts in quotes for their characters. Blanks mean nothing.
inline std::vector<std::byte> bytes_of(std::string_view text)
{
    std::string hex;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
        } else {
            hex += c;
        }
    }
    return wire::from_hex(hex);
}

/// Bytes as hex without blanks.
inline std::string hex_of(std::span<const std::byte> bytes)
{
    std::string text = wire::to_hex(bytes);
    std::erase(text, ' ');
    return text;
}

/// A server in memory, under a clock that the test moves.
/// Thread: shard
struct ServerInMemory {
    FakeSource source;
    base::Limits limits;
    base::SilentLog log;
    base::Counters counters;
    Budget budget{1u << 30};
    base::BlockPool pool;
    base::ManualClock clock;
    Service service{{.sources = {&source},
                     .limits = limits,
                     .log = log,
                     .counters = counters,
                     .budget = budget,
                     .pool = pool,
                     .now = [this] { return clock.steady(); }},
                    wire::pva::Guid{},
                    [] { return std::vector<std::string>{"one", "two"}; }};
};

/// A client's end of a connection, whose messages the test writes byte by byte.
/// Thread: shard
class Client {
  public:
    explicit Client(ServerInMemory& server) : Client(server.service, server.clock) {}
    Client(Service& service, base::ManualClock& clock)
        : clock_(clock), connection_(std::make_unique<Connection>(service, std::make_unique<NotedLine>(line),
                                                                  "10.0.0.7:41234", clock.steady()))
    {}

    /// Sends a payload as one message, its size counted for the test.
    void send(std::uint8_t code, std::string_view payload)
    {
        const std::vector<std::byte> body = bytes_of(payload);
        std::array<std::byte, wire::pva::header_bytes> header;
        wire::pva::write(header, {.code = code, .size = static_cast<std::uint32_t>(body.size())});
        raw(header);
        raw(body);
    }
    void raw(std::span<const std::byte> bytes) { connection_->received(bytes, clock_.steady()); }
    void raw(std::string_view text) { raw(bytes_of(text)); }

    /// All that the server has written since the last call, as hex.
    std::string take()
    {
        std::vector<std::byte> all;
        std::array<std::span<const std::byte>, 16> pieces;
        while (connection_->output().gather(pieces) > 0) {
            all.insert(all.end(), pieces[0].begin(), pieces[0].end());
            connection_->output().consume(pieces[0].size());
        }
        connection_->sent(clock_.steady());
        return hex_of(all);
    }
    /// Says who it is, and drops what the server said meanwhile.
    void greet()
    {
        send(1, R"(00000100 ff7f 0000 02"ca" 80 00 02 04"user" 60 04"host" 60 03"bob" 06"myhost")");
        (void)take();
    }
    /// Creates a channel under cid 100 and gives its sid as it lies in messages.
    std::string create(std::string_view name)
    {
        send(7, fmt::format("0100 64000000 {:02x}\"{}\"", name.size(), name));
        return take().substr(24, 8); // behind the header and the cid
    }

    [[nodiscard]] Connection& connection() { return *connection_; }
    NotedLine::Notes line;

  private:
    base::ManualClock& clock_;
    std::unique_ptr<Connection> connection_;
};

/// Hex or quoted text as Client::take() gives it.
inline std::string expected(std::string_view text)
{
    return hex_of(bytes_of(text));
}

} // namespace iochron::server::pva
