#include "perf/self_test_net.h"

#include "base/problem.h"
#include "client/ca/client.h"
#include "client/pva/client.h"
#include "perf/free_port.h"
#include "reactor/tcp.h"
#include "server/ca/circuit.h"
#include "server/ca/frames.h"
#include "server/ca/service.h"
#include "server/pva/connection.h"
#include "server/pva/frames.h"
#include "server/pva/search.h"
#include "server/pva/search_sockets.h"
#include "server/pva/service.h"
#include "server/stream_line.h"
#include "wire/pva/bit_set.h"

#include <functional>
#include <optional>
#include <utility>

namespace iochron::perf {
namespace {

using Connections = std::function<std::unique_ptr<base::Connection>(reactor::TcpStream&)>;

server::Surroundings surroundings(const NetParts& parts)
{
    return {.sources = {&parts.records},
            .limits = parts.limits,
            .log = parts.log,
            .counters = parts.counters,
            .budget = parts.budget,
            .pool = parts.shard.pool(),
            .now = [&shard = parts.shard] { return shard.now(); }};
}

/// On loopback; what the server makes of a stream goes through the wire as planned.
std::unique_ptr<reactor::TcpListener> listen(const NetParts& parts, reactor::TcpStreams& streams, const WireForm& form,
                                             Connections connections)
{
    auto listener = reactor::TcpListener::open(
        streams, {.addresses = {base::ipv4_loopback}},
        [parts, form, connections](reactor::TcpStream& stream) -> std::unique_ptr<base::Connection> {
            return std::make_unique<FaultyWire>(connections(stream), form, parts.wire, parts.shard.pool());
        },
        parts.log);
    if (!listener) {
        throw base::Problem("the self-test has no port: " + listener.error());
    }
    return std::move(*listener);
}

/// Thread: shard
class CaNet final : public SelfTestNet {
  public:
    explicit CaNet(const NetParts& parts)
        : service_(surroundings(parts)), streams_(parts.shard),
          listener_(listen(parts, streams_, form,
                           [this](reactor::TcpStream& stream) {
                               return std::make_unique<server::ca::Circuit>(
                                   service_, std::make_unique<server::StreamLine>(stream), to_string(stream.peer()));
                           })),
          client_(parts.shard, client_settings(), parts.log, {.describe = false})
    {
        service_.set_port(listener_->port());
    }

    [[nodiscard]] server::Service& service() override { return service_; }
    [[nodiscard]] pv::Source& network() override { return client_; }

  private:
    /// A DBR_TIME_DOUBLE ends with its value.
    static constexpr WireForm form{server::ca::frames, base::ByteOrder::big,
                                   [](std::span<const std::byte> frame) { return frame.size() - sizeof(double); }};

    [[nodiscard]] client::ca::Settings client_settings() const
    {
        client::ca::Settings settings;
        settings.auto_address_list = false;
        settings.name_servers = {{"127.0.0.1", listener_->port()}};
        settings.repeater_port = free_port();
        settings.account = "self-test";
        settings.host = "localhost";
        return settings;
    }

    server::ca::Service service_;
    reactor::TcpStreams streams_;
    std::unique_ptr<reactor::TcpListener> listener_;
    client::ca::Client client_;
};

/// Thread: shard
class PvaNet final : public SelfTestNet {
  public:
    explicit PvaNet(const NetParts& parts)
        : service_(surroundings(parts), guid, [] { return std::vector<std::string>(); }),
          responder_(guid, [this](auto names, auto found) { service_.find(names, found); }), streams_(parts.shard),
          listener_(listen(parts, streams_, form,
                           [this, &shard = parts.shard](reactor::TcpStream& stream) {
                               return std::make_unique<server::pva::Connection>(
                                   service_, std::make_unique<server::StreamLine>(stream), to_string(stream.peer()),
                                   shard.now());
                           })),
          searches_(hear_searches(parts)), client_(parts.shard, client_settings(), parts.log)
    {
        service_.set_port(listener_->port());
    }

    [[nodiscard]] server::Service& service() override { return service_; }
    [[nodiscard]] pv::Source& network() override { return client_; }

  private:
    static constexpr wire::pva::Guid guid{};
    /// The value is the first field, so it lies behind the set of those that have changed.
    static constexpr WireForm form{server::pva::frames, server::pva::byte_order, [](std::span<const std::byte> frame) {
                                       constexpr std::size_t changed_at = server::pva::id_offset + 5;
                                       base::Reader reader(frame.subspan(changed_at), server::pva::byte_order);
                                       (void)wire::pva::read_bit_set(reader);
                                       return changed_at + reader.offset();
                                   }};

    std::unique_ptr<server::pva::SearchSockets> hear_searches(const NetParts& parts)
    {
        server::pva::Settings settings;
        settings.interfaces = {base::ipv4_loopback};
        settings.search_port = 0;
        auto searches =
            server::pva::SearchSockets::open(parts.shard, settings, responder_, listener_->port(), parts.log);
        if (!searches) {
            throw base::Problem("the self-test hears no searches: " + searches.error());
        }
        return std::move(*searches);
    }
    [[nodiscard]] client::pva::Settings client_settings() const
    {
        client::pva::Settings settings;
        settings.auto_address_list = false;
        settings.address_list = {{"127.0.0.1", searches_->port()}};
        settings.account = "self-test";
        settings.host = "localhost";
        return settings;
    }

    server::pva::Service service_;
    server::pva::SearchResponder responder_;
    reactor::TcpStreams streams_;
    std::unique_ptr<reactor::TcpListener> listener_;
    std::unique_ptr<server::pva::SearchSockets> searches_;
    client::pva::Client client_;
};

} // namespace

std::unique_ptr<SelfTestNet> self_test_net(Protocol protocol, const NetParts& parts)
{
    if (protocol == Protocol::pva) {
        return std::make_unique<PvaNet>(parts);
    }
    return std::make_unique<CaNet>(parts);
}

} // namespace iochron::perf
