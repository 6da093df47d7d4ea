#include "cli/repeater.h"

#include "client/ca/repeater.h"
#include "client/ca/settings.h"
#include "ioc/environment.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace iochron::cli {
namespace {

using namespace std::chrono_literals;
using reactor::UdpSocket;

constexpr std::string_view usage = R"(usage: caRepeater [--while-used]

Passes the beacons of Channel Access servers on to all clients of this host, until it is ended. When the host
has a repeater already, it ends at once, with status 0.

  --while-used                 ends by itself a minute after the last client has gone (so clients start it)
  EPICS_CA_REPEATER_PORT       the UDP port (5065)
  EPICS_CAS_BEACON_ADDR_LIST   multicast groups in it are joined; without it, those in EPICS_CA_ADDR_LIST
  -h --help                    this help
)";

constexpr std::string_view while_used = "--while-used";

// As caRepeater: where the servers of this host send beacons, or else where its clients search.
std::optional<std::string> with_beacon_list(std::string_view name)
{
    const auto beacons =
        name == "EPICS_CA_ADDR_LIST" ? ioc::process_variable("EPICS_CAS_BEACON_ADDR_LIST") : std::nullopt;
    return beacons ? beacons : ioc::process_variable(name);
}

/// Finds out by binding, as caRepeater does.
/// Thread: shard
class BindingHost : public client::ca::RepeaterHost {
  public:
    explicit BindingHost(reactor::Shard& shard) : shard_(shard) {}
    bool is_own(base::Ipv4 address) override { return address.loopback() || can_bind({address, 0}); }
    bool holds(std::uint16_t port) override { return !can_bind({base::ipv4_any, port}); }
    bool can_bind(base::Endpoint endpoint)
    {
        return UdpSocket::open(shard_, {.bind = endpoint}, [](auto) {}).has_value();
    }

  private:
    reactor::Shard& shard_;
};

void join_groups(UdpSocket& socket, const client::ca::Settings& settings)
{
    for (const auto& host : settings.address_list) {
        const auto address = base::parse_ipv4(host.name);
        if (!address || !address->multicast()) {
            continue;
        }
        if (auto joined = socket.join({*address, base::ipv4_any}); !joined) {
            fmt::print(stderr, "caRepeater: {}\n", joined.error());
        }
    }
}

constexpr auto look_every = 10s;
constexpr int looks_unused = 6;

int serve(bool while_used)
{
    reactor::Shard shard({.name = "repeater"});
    const client::ca::Settings settings = client::ca::parse_settings(with_beacon_list);
    BindingHost host(shard);
    std::unique_ptr<UdpSocket> socket;
    client::ca::Repeater repeater(host, [&](const base::Endpoint& to, std::span<const std::byte> bytes) {
        (void)socket->send(to, bytes); // a lost beacon is followed by the next
    });
    auto opened = UdpSocket::open(shard, {.bind = {base::ipv4_any, settings.repeater_port}},
                                  [&](std::span<const reactor::Datagram> datagrams) {
                                      for (const reactor::Datagram& datagram : datagrams) {
                                          repeater.take(datagram.from, datagram.bytes);
                                      }
                                  });
    if (!opened) {
        if (host.can_bind({})) {
            return 0; // only this port is not to be had: the host has its repeater
        }
        fmt::print(stderr, "caRepeater: {}\n", opened.error());
        return 1;
    }
    socket = std::move(*opened);
    join_groups(*socket, settings);
    reactor::Timer cleaning(shard);
    int unused = 0;
    cleaning.at(shard.refresh() + look_every, [&] {
        repeater.forget_gone();
        unused = repeater.clients() == 0 ? unused + 1 : 0;
        if (while_used && unused == looks_unused) {
            shard.stop();
        }
        cleaning.at(shard.now() + look_every);
    });
    shard.run();
    return 0;
}

} // namespace

std::vector<std::string> repeater_command()
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::vector<std::string>{"caRepeater"}
                 : std::vector<std::string>{program.string(), "repeater", std::string(while_used)};
}

int repeater_main(int argc, char** argv)
{
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (argc == 1 || (argc == 2 && word == while_used)) {
        return serve(word == while_used);
    }
    if (word == "-h" || word == "--help") {
        fmt::print("{}", usage);
        return 0;
    }
    fmt::print(stderr, "caRepeater: '{}' is not understood\n{}", word, usage);
    return 2;
}

} // namespace iochron::cli
