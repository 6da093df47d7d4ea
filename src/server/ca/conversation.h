#pragma once

#include "base/log.h"
#include "base/manual_clock.h"
#include "server/ca/circuit.h"
#include "server/fake_source.h"
#include "server/noted_line.h"
#include "wire/ca/channel.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/name.h"
#include "wire/ca/read.h"
#include "wire/ca/version.h"
#include "wire/ca/write.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace iochron::server::ca {

/// A message as a client of a test gets it.
struct Got {
    wire::ca::Header header;
    std::vector<std::byte> payload;

    [[nodiscard]] wire::ca::Command command() const { return header.command; }
    [[nodiscard]] double number(std::size_t at = 0) const
    {
        return base::load<double>(payload.data() + at, base::ByteOrder::big);
    }
};

/// A server in memory, under a clock that the test moves.
/// Thread: shard
struct ServerInMemory {
    FakeSource source;
    FakeSource second; ///< asked after the first
    base::Limits limits;
    base::SilentLog log;
    base::Counters counters;
    Budget budget{1u << 30};
    base::BlockPool pool;
    base::ManualClock clock;
    std::unique_ptr<Service> service_;

    Service& service()
    {
        if (!service_) { // so that a test can set limits first
            service_ = std::make_unique<Service>(Surroundings{.sources = {&source, &second},
                                                              .limits = limits,
                                                              .log = log,
                                                              .counters = counters,
                                                              .budget = budget,
                                                              .pool = pool,
                                                              .now = [this] { return clock.steady(); }});
        }
        return *service_;
    }
};

/// A client's end of a circuit, whose messages the test writes one by one.
/// Thread: shard
class Client {
  public:
    explicit Client(ServerInMemory& server, std::uint16_t minor = wire::ca::minor_version, bool greet = true)
        : server_(server),
          circuit_(std::make_unique<Circuit>(server.service(), std::make_unique<NotedLine>(line), "10.0.0.7:41234")),
          out_(pool_)
    {
        if (greet) {
            send(wire::ca::Version{.minor = minor});
            (void)take();
        }
    }

    template <class M>
    void add(const M& message)
    {
        encode(out_, message);
    }
    template <class... M>
    void send(const M&... messages)
    {
        (add(messages), ...);
        send();
    }
    void send()
    {
        std::array<std::span<const std::byte>, 16> pieces;
        while (const std::size_t n = out_.gather(pieces)) {
            for (std::size_t i = 0; i < n; ++i) {
                const std::vector<std::byte> bytes(pieces[i].begin(), pieces[i].end());
                out_.consume(bytes.size());
                raw(bytes);
            }
        }
    }
    void raw(std::span<const std::byte> bytes) { circuit_->received(bytes, server_.clock.steady()); }
    void end() { circuit_->ended(server_.clock.steady()); }
    void hang_up()
    {
        circuit_->closed("the test is over", server_.clock.steady());
        circuit_.reset();
    }

    /// Everything that the server has written.
    std::vector<Got> take()
    {
        do {
            read(circuit_->output().size());
        } while (!circuit_->output().empty());
        return taken();
    }
    /// What read() has let through, as far as it is whole.
    std::vector<Got> taken()
    {
        std::vector<Got> all;
        for (;;) {
            const wire::ca::Frame frame = wire::ca::next_message(in_);
            if (frame.kind != wire::ca::Frame::Kind::message) {
                break;
            }
            all.push_back({frame.header, {frame.payload.begin(), frame.payload.end()}});
            in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(frame.total_bytes));
        }
        return all;
    }
    /// As take(), where exactly one message is expected.
    Got take_one()
    {
        std::vector<Got> all = take();
        if (all.size() != 1) {
            throw std::runtime_error(std::to_string(all.size()) + " messages came instead of one");
        }
        return all[0];
    }
    /// Lets the server write n bytes.
    void read(std::size_t n)
    {
        std::array<std::span<const std::byte>, 16> pieces;
        while (n > 0 && circuit_->output().gather(pieces) > 0) {
            const auto piece = pieces[0].first(std::min(n, pieces[0].size()));
            in_.insert(in_.end(), piece.begin(), piece.end());
            n -= piece.size();
            circuit_->output().consume(piece.size());
        }
        circuit_->sent(server_.clock.steady());
    }

    /// Creates a channel and gives its SID.
    wire::ca::Sid create(std::string_view name, std::uint32_t cid = 1)
    {
        send(wire::ca::CreateChannel{.cid = wire::ca::Cid{cid}, .name = name});
        const std::vector<Got> got = take();
        if (got.size() != 2) {
            throw std::runtime_error("no channel " + std::string(name));
        }
        return wire::ca::Sid{got[1].header.p2};
    }
    void subscribe(wire::ca::Sid sid, std::uint32_t id, wire::ca::Dbr type = wire::ca::Dbr::time_double,
                   std::uint32_t count = 1, std::uint16_t mask = 1)
    {
        send(wire::ca::EventAdd{
            .type = type, .count = count, .sid = sid, .subscription = wire::ca::SubId{id}, .mask = mask});
    }
    /// Values of the updates of type TIME_DOUBLE that wait for one subscription, of all that come.
    std::vector<double> values(std::uint32_t id)
    {
        std::vector<double> all;
        for (const Got& got : take()) {
            if (got.command() == wire::ca::Command::event_add && got.header.p2 == id && got.header.size == 24) {
                all.push_back(got.number(16));
            }
        }
        return all;
    }

    [[nodiscard]] Circuit& circuit() { return *circuit_; }
    NotedLine::Notes line;

  private:
    ServerInMemory& server_;
    std::unique_ptr<Circuit> circuit_;
    base::BlockPool pool_;
    base::Output out_;
    std::vector<std::byte> in_;
};

} // namespace iochron::server::ca
