#include "client/ca/repeater.h"

#include "wire/ca/beacon.h"
#include "wire/ca/message.h"
#include "wire/ca/repeater.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace iochron::client::ca {
namespace {

constexpr base::Ipv4 stranger{0x0a000009};

template <class Message>
std::vector<std::byte> bytes_of(const Message& message)
{
    std::vector<std::byte> bytes(wire::ca::short_header_bytes);
    base::Writer writer(bytes);
    encode(writer, message);
    return bytes;
}

/// Thread: fixed
class RepeaterTest : public testing::Test, private RepeaterHost {
  protected:
    struct Sent {
        base::Endpoint to;
        std::vector<std::byte> bytes;
    };

    void enter(std::uint16_t port)
    {
        held_.insert(port);
        repeater_.take({base::ipv4_loopback, port}, {});
    }

    std::set<std::uint16_t> held_;
    std::vector<Sent> sent_;
    Repeater repeater_{*this, [this](const base::Endpoint& to, std::span<const std::byte> bytes) {
                           sent_.push_back({to, {bytes.begin(), bytes.end()}});
                       }};

  private:
    bool is_own(base::Ipv4 address) override { return address.loopback(); }
    bool holds(std::uint16_t port) override { return held_.contains(port); }
};

TEST_F(RepeaterTest, ConfirmsBothKindsOfRegistration)
{
    enter(7001);
    held_.insert(7002);
    repeater_.take({base::ipv4_loopback, 7002}, bytes_of(wire::ca::RepeaterRegister{}));
    ASSERT_EQ(sent_.size(), 2u);
    const auto confirm = bytes_of(wire::ca::RepeaterConfirm{.address = base::ipv4_loopback.bits});
    EXPECT_EQ(sent_[0].to.port, 7001);
    EXPECT_EQ(sent_[0].bytes, confirm);
    EXPECT_EQ(sent_[1].to.port, 7002);
    EXPECT_EQ(sent_[1].bytes, confirm);
}

TEST_F(RepeaterTest, ConfirmsAgainWithoutEnteringTwice)
{
    enter(7001);
    enter(7001);
    EXPECT_EQ(repeater_.clients(), 1u);
    EXPECT_EQ(sent_.size(), 2u);
}

TEST_F(RepeaterTest, IgnoresRegistrationsFromOtherHosts)
{
    repeater_.take({stranger, 7001}, {});
    EXPECT_EQ(repeater_.clients(), 0u);
    EXPECT_TRUE(sent_.empty());
}

TEST_F(RepeaterTest, ForwardsBeaconsWithTheirSendersAddress)
{
    enter(7001);
    enter(7002);
    sent_.clear();
    wire::ca::Beacon beacon{.port = 5064, .id = 3};
    repeater_.take({stranger, 4000}, bytes_of(beacon));
    beacon.address = stranger.bits;
    ASSERT_EQ(sent_.size(), 2u);
    EXPECT_EQ(sent_[0].bytes, bytes_of(beacon));
    EXPECT_EQ(sent_[1].bytes, bytes_of(beacon));
}

TEST_F(RepeaterTest, LeavesAnAddressThatTheBeaconHasAndSparesTheSender)
{
    enter(7001);
    enter(7002);
    sent_.clear();
    const wire::ca::Beacon beacon{.port = 5064, .address = 0x0a000001};
    repeater_.take({base::ipv4_loopback, 7001}, bytes_of(beacon));
    ASSERT_EQ(sent_.size(), 1u);
    EXPECT_EQ(sent_[0].to.port, 7002);
    EXPECT_EQ(sent_[0].bytes, bytes_of(beacon));
}

TEST_F(RepeaterTest, DropsWhatIsNoBeacon)
{
    enter(7001);
    sent_.clear();
    auto cut = bytes_of(wire::ca::Beacon{});
    cut.pop_back();
    repeater_.take({stranger, 4000}, cut);
    repeater_.take({stranger, 4000}, bytes_of(wire::ca::RepeaterConfirm{}));
    EXPECT_TRUE(sent_.empty());
}

TEST_F(RepeaterTest, ForgetsClientsWhosePortIsGone)
{
    enter(7001);
    held_.clear();
    enter(7002);
    EXPECT_EQ(repeater_.clients(), 1u);
    held_.clear();
    repeater_.forget_gone();
    EXPECT_EQ(repeater_.clients(), 0u);
}

TEST_F(RepeaterTest, RefusesOneClientTooMany)
{
    for (std::size_t i = 0; i <= Repeater::most_clients; ++i) {
        enter(static_cast<std::uint16_t>(7000 + i));
    }
    EXPECT_EQ(repeater_.clients(), Repeater::most_clients);
    EXPECT_EQ(sent_.size(), Repeater::most_clients);
}

} // namespace
} // namespace iochron::client::ca
