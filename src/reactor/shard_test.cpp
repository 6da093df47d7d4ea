#include "reactor/shard.h"

#include "reactor/mailbox.h"
#include "reactor/timer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;
using base::Steady;

/// Far enough that only a hang reaches it.
Steady patience()
{
    return std::chrono::steady_clock::now() + 30s;
}

TEST(Shard, RunsPostsOfFourThreadsInTheOrderOfEach)
{
    constexpr int each = 5000;
    Shard shard;
    std::array<int, 4> next{};
    int misordered = 0;
    int total = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < next.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                shard.post([&, t, i] {
                    misordered += next[t]++ != i;
                    ++total;
                });
            }
        });
    }
    EXPECT_TRUE(shard.run_until(patience(), [&] { return total == 4 * each; }));
    EXPECT_EQ(misordered, 0);
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(Shard, WakesFromSleepForAPost)
{
    Shard shard;
    bool done = false;
    Timer timer(shard);
    std::thread other;
    timer.at(shard.now(), [&] { other = std::thread([&] { shard.post([&] { done = true; }); }); });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return done; }));
    other.join();
}

TEST(Shard, RunsOnItsOwnThreadUntilStopped)
{
    std::atomic<bool> inside = false;
    std::atomic<bool> ran = false;
    {
        Shard shard({.name = "own", .cpu = 0});
        shard.start();
        shard.post([&] {
            inside = shard.inside();
            ran = true;
            ran.notify_all();
        });
        ran.wait(false);
        shard.stop();
        shard.join();
        EXPECT_TRUE(shard.inside()); // nobody runs it any more
    }
    EXPECT_TRUE(inside);
}

TEST(Shard, CallsFromOutsideWaitAndThrowWhatIsThrown)
{
    Shard shard;
    bool inside = false;
    shard.call([&] { inside = shard.inside(); });
    EXPECT_TRUE(inside) << "nobody runs it yet: at once";
    shard.start();
    EXPECT_FALSE(shard.inside());
    shard.call([&] { shard.call([&] { inside = shard.inside(); }); });
    EXPECT_TRUE(inside);
    EXPECT_THROW(shard.call([] { throw std::runtime_error("no"); }), std::runtime_error);
}

TEST(Shard, RemembersAStopThatComesBeforeRun)
{
    Shard shard;
    shard.stop();
    shard.run();
    bool ran = false;
    shard.post([&] { ran = true; });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return ran; }));
}

TEST(Shard, DestroysLettersThatNobodyTook)
{
    const auto alive = std::make_shared<int>();
    {
        Shard shard;
        shard.post([alive] {});
        EXPECT_EQ(alive.use_count(), 2);
    }
    EXPECT_EQ(alive.use_count(), 1);
}

/// Does a slice whenever it is asked, and always has more.
class Endless : public Work {
  public:
    Steady next_deadline() override { return {}; }
    bool advance(Steady) override
    {
        ++slices;
        return true;
    }
    int slices = 0;
};

TEST(Shard, ServesTimersAndPostsWhileWorkAlwaysHasMore)
{
    Shard shard;
    Endless work;
    shard.add(work);
    bool posted = false;
    int fired = 0;
    Timer timer(shard);
    timer.at(shard.now(), [&] {
        if (++fired < 5) {
            timer.at(shard.now());
        }
    });
    shard.post([&] { posted = true; });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return fired == 5 && posted; }));
    EXPECT_GE(work.slices, 5); // and the work is not starved by a timer that is always due
    shard.remove(work);
}

TEST(Shard, LetsTwoWorksThatAlwaysHaveMoreTakeTurns)
{
    Shard shard;
    Endless a;
    Endless b;
    shard.add(a);
    shard.add(b);
    EXPECT_TRUE(shard.run_until(patience(), [&] { return a.slices + b.slices >= 100; }));
    EXPECT_NEAR(a.slices, b.slices, 1);
    shard.remove(a);
    const int before = a.slices;
    EXPECT_TRUE(shard.run_until(patience(), [&] { return b.slices >= 200; }));
    EXPECT_EQ(a.slices, before);
    shard.remove(b);
}

/// Notes when it is called, and removes itself after the last of its deadlines.
class Listed : public Work {
  public:
    Listed(Shard& shard, std::string& calls, char name, std::vector<Steady> deadlines)
        : shard_(shard), calls_(calls), name_(name), deadlines_(std::move(deadlines))
    {
        shard_.add(*this);
    }
    Steady next_deadline() override { return deadlines_.front(); }
    bool advance(Steady now) override
    {
        early = early || now < deadlines_.front();
        calls_ += name_;
        deadlines_.erase(deadlines_.begin());
        if (deadlines_.empty()) {
            deadlines_.push_back(base::never);
            shard_.remove(*this);
        }
        return false;
    }
    bool early = false;

  private:
    Shard& shard_;
    std::string& calls_;
    char name_;
    std::vector<Steady> deadlines_;
};

TEST(Shard, RunsTheWorkWithTheEarliestDeadlineFirst)
{
    Shard shard;
    std::string calls;
    const Steady now = shard.refresh();
    Listed late(shard, calls, 'L', {now - 1ms, now + 40ms});
    Listed soon(shard, calls, 'S', {now - 2ms, now + 20ms});
    EXPECT_TRUE(shard.run_until(patience(), [&] { return calls.size() == 4; }));
    EXPECT_EQ(calls, "SLSL");
    EXPECT_FALSE(late.early || soon.early);
}

/// Counts how often it is settled.
class Counted : public Touched {
  public:
    void settle(Steady) override { ++settled; }
    int settled = 0;
};

/// Touches a thing in each of the slices of one pass.
class Pass : public Work {
  public:
    Pass(Touched& thing, Shard& shard, int slices) : thing_(thing), shard_(shard), left_(slices) {}
    Steady next_deadline() override { return left_ > 0 ? Steady{} : base::never; }
    bool advance(Steady) override
    {
        shard_.touch(thing_);
        return --left_ > 0;
    }

  private:
    Touched& thing_;
    Shard& shard_;
    int left_;
};

TEST(Shard, SettlesWhatAPassTouchesOnceAtItsEnd)
{
    Shard shard({.tail_delay = 1h});
    Counted thing;
    Pass pass(thing, shard, 10);
    shard.add(pass);
    EXPECT_TRUE(shard.run_until(patience(), [&] { return pass.next_deadline() == base::never; }));
    EXPECT_EQ(thing.settled, 1);
    shard.remove(pass);
}

TEST(Shard, SettlesTailsOfAnEndlessPassAfterAWhile)
{
    Shard shard({.tail_delay = 1us});
    Counted thing;
    Pass pass(thing, shard, 1'000'000'000);
    shard.add(pass);
    EXPECT_TRUE(shard.run_until(patience(), [&] { return thing.settled >= 3; }));
    shard.forget(thing);
    shard.remove(pass);
}

TEST(Shard, SettlesAtOnceWhatIsTouchedOutsideAPassToo)
{
    Shard shard({.tail_delay = 1h});
    Counted thing;
    Pass pass(thing, shard, 1'000'000'000);
    shard.add(pass);
    Timer timer(shard);
    timer.at(shard.now() + 1ms, [&] { shard.touch(thing); });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return thing.settled == 1; }));
    shard.forget(thing);
    shard.remove(pass);
}

TEST(Mailbox, KeepsTheOrderOfEachSender)
{
    constexpr int each = 10'000;
    Shard shard;
    std::array<int, 4> next{};
    int misordered = 0;
    std::size_t total = 0;
    Mailbox<std::pair<int, int>> box(shard, [&](std::span<std::pair<int, int>> batch) {
        for (const auto& [sender, number] : batch) {
            misordered += next[static_cast<std::size_t>(sender)]++ != number;
        }
        total += batch.size();
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&box, t] {
            Mailbox<std::pair<int, int>>::Sender sender(box);
            for (int i = 0; i < each; ++i) {
                sender.add({t, i});
            }
            sender.flush();
        });
    }
    EXPECT_TRUE(shard.run_until(patience(), [&] { return total == 4 * each; }));
    EXPECT_EQ(misordered, 0);
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(Mailbox, DropsWhatComesAfterItsEnd)
{
    Shard shard;
    int received = 0;
    auto box = std::make_unique<Mailbox<int>>(shard, [&](std::span<int>) { ++received; });
    Mailbox<int>::Sender sender(*box);
    sender.add(1);
    sender.flush();
    box.reset();
    sender.add(2);
    sender.flush();
    bool done = false;
    shard.post([&] { done = true; });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return done; }));
    EXPECT_EQ(received, 0);
}

} // namespace
} // namespace iochron::reactor
