#include "perf/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace iochron::perf {
namespace {

constexpr std::size_t most_missing = 100'000; // beyond, a late update counts as lost too

} // namespace

std::string Verdict::words() const
{
    const std::pair<std::uint64_t, const char*> counts[] = {{lost, "lost"},
                                                            {repeated, "repeated"},
                                                            {misordered, "misordered"},
                                                            {wrong, "wrong"},
                                                            {silent, "subscriptions silent"}};
    std::string words;
    for (const auto& [count, what] : counts) {
        if (count > 0) {
            words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, what);
        }
    }
    return words.empty() ? "all received in order" : words;
}

void Verifier::odd(std::size_t subscription, double value)
{
    State& state = states_[subscription];
    const bool first = state.received == 0;
    ++state.received;
    if (!(value == std::floor(value))) { // NaN too
        ++verdict_.wrong;
        return;
    }
    if (first) {
        state.last = value;
    } else if (value > state.last) {
        gap(subscription, state.last + 1, value);
        state.last = value;
    } else if (value == state.last) {
        ++verdict_.repeated;
    } else {
        low(subscription, value);
    }
}

/// Values from `from` on, before `to`, have not come.
void Verifier::gap(std::size_t subscription, double from, double to)
{
    verdict_.lost += static_cast<std::uint64_t>(to - from);
    for (double value = from; value < to && missing_.size() < most_missing; ++value) {
        missing_.emplace(subscription, value);
    }
}

/// Below one that came before: late, and so not lost after all; or once more, or from a server that counts anew.
void Verifier::low(std::size_t subscription, double value)
{
    ++verdict_.misordered;
    if (missing_.erase({subscription, value}) > 0) {
        --verdict_.lost;
    }
}

std::uint64_t Verifier::received() const
{
    std::uint64_t sum = 0;
    for (const State& state : states_) {
        sum += state.received;
    }
    return sum;
}

std::size_t Verifier::silent() const
{
    return static_cast<std::size_t>(std::ranges::count(states_, std::uint64_t{0}, &State::received));
}

Verdict Verifier::judge(std::span<const double> last) const
{
    Verdict verdict = verdict_;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const State& state = states_[i];
        const double posted = last[i % last.size()];
        if (state.received == 0) {
            ++verdict.silent;
        } else if (state.last < posted) {
            verdict.lost += static_cast<std::uint64_t>(posted - state.last);
        } else if (!(state.last <= posted)) {
            ++verdict.wrong;
        }
    }
    verdict.received = received();
    return verdict;
}

} // namespace iochron::perf
