// The lossless contract under what clients do at random: a model of each subscription says what may come of it.
#include "server/ca/conversation.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Sid;
using wire::ca::SubId;

constexpr std::uint32_t names = 6;
constexpr std::uint32_t guarded = 5; ///< the one whose rights change
constexpr std::uint32_t no_read_access = 368;

/// What a client knows of one of its subscriptions.
struct Watched {
    std::uint32_t name = 0;
    std::size_t received = 0; ///< values, and words that there is no right to read
    double last = -1;
    bool refused = false; ///< the last thing told was that there is no right to read
    bool gap = false;
    bool cancelled = false;
    bool confirmed = false;
};

/// One client, whose reading the test doles out.
/// Thread: shard
class Roamer {
  public:
    /// Reads at most so many bytes at a time, mostly.
    Roamer(ServerInMemory& server, std::mt19937& dice, std::size_t appetite)
        : client_(server), dice_(dice), appetite_(appetite)
    {
        for (std::uint32_t name = 0; name < names; ++name) {
            sids_.push_back(client_.create(std::to_string(name), name));
        }
    }

    void act()
    {
        switch (dice_() % 10) {
        case 0:
            subscribe();
            break;
        case 1:
            cancel();
            break;
        case 2:
            client_.send(wire::ca::EventsOff{});
            break;
        case 3:
        case 4:
            client_.send(wire::ca::EventsOn{});
            break;
        case 5:
            client_.read(dice_() % 4 != 0 ? 0 : client_.circuit().output().size());
            break;
        default:
            client_.read(dice_() % appetite_);
        }
        hear(client_.taken());
    }
    void finish()
    {
        client_.send(wire::ca::EventsOn{});
        hear(client_.take());
    }

    /// For the end, when all has been read.
    void check(const std::array<double, names>& newest)
    {
        std::size_t live = 0;
        for (const auto& [id, it] : watched_) {
            EXPECT_EQ(it.confirmed, it.cancelled) << id;
            if (!it.cancelled) {
                ++live;
                EXPECT_EQ(it.last, newest[it.name]) << id;
            }
        }
        client_.circuit().each_subscription([&](const Circuit::SubscriptionReport& report) {
            const Watched& it = watched_.at(report.id);
            EXPECT_EQ(report.delivered - report.superseded, it.received) << report.id;
            EXPECT_TRUE(report.superseded > 0 || !it.gap) << report.id;
            --live;
        });
        EXPECT_EQ(live, 0u);
        EXPECT_EQ(client_.circuit().backlog().size(), 0u);
    }

  private:
    void subscribe()
    {
        const auto name = static_cast<std::uint32_t>(dice_() % names);
        watched_[++last_id_].name = name;
        client_.subscribe(sids_[name], last_id_);
    }
    void cancel()
    {
        const auto found = watched_.find(last_id_ == 0 ? 0 : 1 + dice_() % last_id_);
        if (found != watched_.end() && !found->second.cancelled) {
            found->second.cancelled = true;
            client_.send(wire::ca::EventCancel{.sid = sids_[found->second.name], .subscription = SubId{found->first}});
        }
    }
    void hear(const std::vector<Got>& all)
    {
        for (const Got& got : all) {
            if (got.command() != Command::event_add) {
                EXPECT_EQ(got.command(), Command::access_rights);
                continue;
            }
            Watched& it = watched_.at(got.header.p2);
            EXPECT_FALSE(it.confirmed) << "something came after the confirmation";
            if (got.header.size == 0) {
                EXPECT_TRUE(it.cancelled);
                it.confirmed = true;
            } else if (got.header.p1 == no_read_access) {
                it.refused = true;
                ++it.received;
            } else {
                value(it, got.number(16));
            }
        }
    }
    static void value(Watched& it, double value)
    {
        const bool again = it.refused && value == it.last; // told once more, as the right to read is back
        EXPECT_TRUE(value > it.last || again) << "twice, or out of order";
        it.gap = it.gap || (it.received > 0 && !it.refused && value != it.last + 1);
        it.refused = false;
        it.last = value;
        ++it.received;
    }

    Client client_;
    std::mt19937& dice_;
    std::size_t appetite_;
    std::vector<Sid> sids_;
    std::map<std::uint32_t, Watched> watched_;
    std::uint32_t last_id_ = 0;
};

class ContractAtRandom : public testing::TestWithParam<unsigned> {
  protected:
    ContractAtRandom()
    {
        for (std::uint32_t name = 0; name < names; ++name) {
            server.source.add(std::to_string(name), pv::Value::of(0.0));
        }
        for (const std::size_t appetite : {50u, 100u, 1'000u, 3'000u, 10'000u}) {
            roamers.push_back(std::make_unique<Roamer>(server, dice, appetite));
        }
    }
    void post(std::uint32_t name)
    {
        server.source.post(std::to_string(name), pv::Value::of(++newest[name]));
        server.source.settle_all();
    }
    void happen()
    {
        server.clock.advance(std::chrono::milliseconds(dice() % 40));
        server.source.hold_reads = dice() % 3 == 0;
        if (dice() % 4 == 0) {
            server.source.answer_held();
        }
        if (dice() % 500 == 0) {
            server.source.set_rights(std::to_string(guarded), {.read = dice() % 2 == 0, .write = true});
        }
        for (std::uint32_t i = dice() % 4; i > 0; --i) {
            post(static_cast<std::uint32_t>(dice() % names));
        }
        server.source.settle_all();
    }

    ServerInMemory server;
    std::mt19937 dice{GetParam()};
    std::array<double, names> newest{};
    std::vector<std::unique_ptr<Roamer>> roamers;
};

TEST_P(ContractAtRandom, EachSubscriptionIsToldAllOrTheNewestAndTheRestIsCounted)
{
    for (int i = 0; i < 3'000; ++i) {
        happen();
        roamers[dice() % roamers.size()]->act();
        ASSERT_FALSE(HasFailure()) << "step " << i;
    }
    server.source.hold_reads = false;
    server.source.answer_held();
    server.source.set_rights(std::to_string(guarded), {.read = true, .write = true});
    server.source.settle_all();
    for (const auto& roamer : roamers) {
        roamer->finish();
    }
    for (std::uint32_t name = 0; name < names; ++name) {
        post(name);
    }
    for (const auto& roamer : roamers) {
        roamer->finish();
        roamer->check(newest);
    }
    EXPECT_GT(server.counters.get("ca.server.coalesced").value(), 0u);
    EXPECT_GT(server.counters.get("ca.server.paused").value(), 0u);
    EXPECT_EQ(server.budget.used(), 0u);
}

INSTANTIATE_TEST_SUITE_P(ContractWindows, ContractAtRandom, testing::Range(1u, 9u));

} // namespace
} // namespace iochron::server::ca
