#include "wire/ca/echo.h"

#include "client/ca/circuit.h"
#include "wire/ca/message.h"

namespace iochron::client::ca {

void Circuit::send_echo()
{
    owes_echo_ = false;
    ++echoes_sent_;
    if (minor_ >= 3) {
        encode(output_, wire::ca::Echo{});
    } else {
        encode(output_, wire::ca::ReadSync{});
    }
}

void Circuit::take_echo(const Header& /*header*/, Payload /*payload*/)
{
    if (echoes_answered_ < echoes_sent_) {
        ++echoes_answered_;
        confirm_writes();
    }
}

// Any message shows that the server lives.
void Circuit::heard(base::Steady now)
{
    suspicious_ = false;
    deadline_ = now + settings_.connection_timeout;
    const Health before = std::exchange(health_, Health::good);
    if (before == Health::unresponsive) {
        user_.responsive(true);
    }
}

void Circuit::ask(base::Steady now)
{
    health_ = Health::asked;
    deadline_ = now + settings_.echo_timeout;
    send_echo();
}

void Circuit::due(base::Steady now)
{
    if (now < deadline_ || finished_) {
        return;
    }
    switch (health_) {
    case Health::good:
        ask(now);
        return;
    case Health::asked: // libca: the stream is kept, and the server asked once more
        health_ = Health::unresponsive;
        send_echo();
        user_.responsive(false);
        break;
    case Health::unresponsive:
        break;
    }
    deadline_ = base::never; // until it speaks, or TCP gives it up
}

// A beacon in time stands for a message, unless there is doubt (libca: tcpRecvWatchdog).
void Circuit::heard_beacon(BeaconNews news, base::Steady now)
{
    if (news == BeaconNews::healthy && health_ == Health::good && !suspicious_) {
        deadline_ = now + settings_.connection_timeout;
    } else if (news == BeaconNews::anomaly && health_ == Health::good) {
        suspicious_ = true;
        ask(now);
    } else if (news == BeaconNews::late) {
        suspicious_ = true;
    }
}

} // namespace iochron::client::ca
