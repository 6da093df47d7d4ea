#include "client/ca/registration.h"

#include "wire/ca/message.h"
#include "wire/ca/repeater.h"

#include <fmt/format.h>

#include <array>

namespace iochron::client::ca {

using namespace std::chrono_literals;

Registration::Registration(reactor::Shard& shard, const Settings& settings, reactor::UdpSocket& socket, base::Log& log)
    : shard_(shard), settings_(settings), socket_(socket), log_(log), timer_(shard)
{
    timer_.at(base::never, [this] { ask(); });
    ask();
}

// Every second until the repeater confirms, then only after a minute without any beacon: it may have been restarted,
// and knows its clients no more (libca never notices).
void Registration::ask()
{
    started_.reap();
    const base::Steady now = shard_.now();
    if (!(confirmed_ && now - last_beacon_ < 60s)) {
        if (asked_ == 1 && !confirmed_) {
            start_repeater();
        }
        std::array<std::byte, wire::ca::short_header_bytes> message;
        base::Writer writer(message);
        encode(writer, wire::ca::RepeaterRegister{.address = base::ipv4_loopback.bits});
        (void)socket_.send({base::ipv4_loopback, settings_.repeater_port}, message);
        ++asked_;
    }
    timer_.at(now + (confirmed_ || asked_ > 50 ? 60s : 1s));
}

void Registration::start_repeater()
{
    if (settings_.repeater_command.empty()) {
        return;
    }
    if (const auto error = started_.start(settings_.repeater_command); !error.empty()) {
        log_.write(base::Level::info, "ca.client.repeater",
                   fmt::format("no repeater answers, and none can be started ({}); servers that come back are found by "
                               "searches alone",
                               error));
    }
}

} // namespace iochron::client::ca
