#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace iochron::perf {

/// What a subscription may have against its updates. Any of them fails a row.
struct Verdict {
    std::uint64_t received = 0; ///< updates, the first value of each subscription included
    std::uint64_t lost = 0;     ///< posted while subscribed and not received
    std::uint64_t repeated = 0;
    std::uint64_t misordered = 0; ///< came after a later one; not lost then
    std::uint64_t wrong = 0;      ///< no whole number, of another type, or more than the server ever posted
    std::uint64_t silent = 0;     ///< subscriptions that got nothing at all

    [[nodiscard]] bool clean() const { return lost + repeated + misordered + wrong + silent == 0; }
    /// "3 lost, 1 repeated", or "all received in order".
    [[nodiscard]] std::string words() const;
};

/// Checks every update of every subscription. The PVs count: each post raises the value by one, so the next value is
/// known, a gap is a loss, and after a drain the last value must be the server's own.
/// Thread: shard
class Verifier {
  public:
    explicit Verifier(std::size_t subscriptions) : states_(subscriptions) {}

    // hot: one cache line of four subscriptions, no allocation.
    void check(std::size_t subscription, double value)
    {
        State& state = states_[subscription];
        if (state.received != 0 && value == state.last + 1) [[likely]] {
            state.last = value;
            ++state.received;
            return;
        }
        odd(subscription, value);
    }
    /// An update whose contents are wrong in another way: not of the type that was asked for.
    void wrong(std::size_t subscription) { ++states_[subscription].received, ++verdict_.wrong; }

    /// Subscriptions that have got nothing so far.
    [[nodiscard]] std::size_t silent() const;
    [[nodiscard]] std::uint64_t received() const;
    /// Gaps so far; what is late may still come.
    [[nodiscard]] std::uint64_t lost() const { return verdict_.lost; }
    /// Judges, once nothing more comes: `last[i]` is the server's own value of PV i, and subscription s belongs to PV
    /// s % last.size().
    [[nodiscard]] Verdict judge(std::span<const double> last) const;

  private:
    struct State {
        double last = 0;
        std::uint64_t received = 0;
    };
    void odd(std::size_t subscription, double value);
    void gap(std::size_t subscription, double from, double to);
    void low(std::size_t subscription, double value);

    std::vector<State> states_;
    std::set<std::pair<std::size_t, double>> missing_; ///< subscription and value, which may yet come late
    Verdict verdict_;                                  ///< what was seen on the way
};

} // namespace iochron::perf
