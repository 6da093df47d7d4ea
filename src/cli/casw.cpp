#include "base/limits.h"
#include "cli/ca_style.h"
#include "cli/ca_tools.h"
#include "cli/repeater.h"
#include "client/ca/beacons.h"
#include "client/ca/registration.h"
#include "ioc/environment.h"
#include "reactor/spdlog_log.h"
#include "wire/ca/beacon.h"
#include "wire/ca/message.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <optional>

namespace iochron::cli {
namespace {

using namespace std::chrono_literals;
using client::ca::BeaconNews;
using wire::ca::Command;

constexpr std::string_view usage = R"(usage: casw [-i LEVEL]

Prints the time at which a Channel Access server's beacons say that it came up, restarted or was away.

  -i LEVEL  1: with the average and the last interval, in seconds; 2: every beacon, anomalies marked with *
  -h        this help
)";

std::string now_text()
{
    const auto now = std::chrono::system_clock::now();
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:09}", fmt::localtime(std::chrono::system_clock::to_time_t(now)),
                       nanoseconds % 1'000'000'000);
}

double in_seconds(base::Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

/// Listens to the beacons that the host's repeater passes on, as EPICS' casw.
/// Thread: shard
class BeaconWatch {
  public:
    BeaconWatch(reactor::Shard& shard, client::ca::Settings settings, unsigned interest, base::Log& log)
        : shard_(shard), settings_(std::move(settings)), interest_(interest),
          beacons_(shard.refresh(), base::Limits{}.servers_known)
    {
        auto opened = reactor::UdpSocket::open(shard, {}, [this](std::span<const reactor::Datagram> all) {
            for (const reactor::Datagram& datagram : all) {
                take(datagram);
            }
        });
        if (!opened) {
            error_ = opened.error();
            return;
        }
        socket_ = std::move(*opened);
        registration_.emplace(shard, settings_, *socket_, log);
    }

    [[nodiscard]] bool registered() const { return registration_ && registration_->is_confirmed(); }
    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    void take(const reactor::Datagram& datagram)
    {
        for (auto rest = datagram.bytes; !rest.empty();) {
            const wire::ca::Frame frame = wire::ca::next_message(rest, {.may_extend = false});
            if (frame.kind != wire::ca::Frame::Kind::message) {
                return;
            }
            rest = rest.subspan(frame.total_bytes);
            if (frame.header.command == Command::repeater_confirm) {
                registration_->confirmed();
            } else if (frame.header.command == Command::beacon) {
                heard(wire::ca::decode_beacon(frame.header), datagram.from);
            }
        }
    }

    void heard(const wire::ca::Beacon& beacon, const base::Endpoint& from)
    {
        const base::Endpoint server = client::ca::server_of(beacon, from.address, settings_.server_port);
        const client::ca::Beacons::Gap before = beacons_.gap(server);
        registration_->heard_beacon(shard_.now());
        const BeaconNews news = beacons_.heard(server, beacon.id, shard_.now());
        const bool anomaly = news == BeaconNews::anomaly || news == BeaconNews::new_server;
        if (!anomaly && interest_ < 2) {
            return;
        }
        const std::string_view mark = interest_ < 2 ? "" : anomaly ? "* " : "  ";
        fmt::print("{}{:<40} {}\n", mark, host_text(server), now_text());
        if (anomaly && interest_ > 0) {
            const auto after = beacons_.gap(server);
            const auto average = before.average == base::Duration{} ? after.average : before.average;
            fmt::print("\testimate={:f} current={:f}\n", in_seconds(average), in_seconds(after.last));
        }
        (void)std::fflush(stdout);
    }

    reactor::Shard& shard_;
    client::ca::Settings settings_;
    unsigned interest_;
    client::ca::Beacons beacons_;
    std::unique_ptr<reactor::UdpSocket> socket_;
    std::optional<client::ca::Registration> registration_;
    std::string error_;
};

int watch(unsigned interest)
{
    reactor::SpdlogLog log({.level = base::Level::info});
    reactor::Shard shard({.name = "casw"});
    client::ca::Settings settings = client::ca::parse_settings(ioc::process_variable);
    settings.repeater_command = repeater_command();
    BeaconWatch beacons(shard, std::move(settings), interest, log);
    if (!beacons.error().empty()) {
        fmt::print(stderr, "casw: {}\n", beacons.error());
        return 1;
    }
    if (!shard.run_until(std::chrono::steady_clock::now() + 15s, [&] { return beacons.registered(); })) {
        fmt::print(stderr, "casw: no repeater answers at UDP port {}\n",
                   client::ca::parse_settings(ioc::process_variable).repeater_port);
        return 1;
    }
    shard.run();
    return 0;
}

} // namespace

int casw_main(int argc, char** argv)
{
    std::string_view level = "0";
    if (argc == 2 && std::string_view(argv[1]) == "-h") {
        fmt::print("{}", usage);
        return 0;
    }
    if (argc == 2 && std::string_view(argv[1]).starts_with("-i")) {
        level = std::string_view(argv[1]).substr(2);
    } else if (argc == 3 && std::string_view(argv[1]) == "-i") {
        level = argv[2];
    } else if (argc != 1) {
        level = "";
    }
    unsigned interest = 0;
    const auto [end, error] = std::from_chars(level.data(), level.data() + level.size(), interest);
    if (error != std::errc{} || end != level.data() + level.size()) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    return watch(interest);
}

} // namespace iochron::cli
