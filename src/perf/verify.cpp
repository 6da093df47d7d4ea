#include "perf/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace iochron::perf {

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

void Verifier::odd(State& state, double value)
{
    const bool first = state.received == 0;
    ++state.received;
    if (!(value == std::floor(value))) { // NaN too
        ++verdict_.wrong;
        return;
    }
    if (first) {
        state.last = value;
    } else if (value > state.last) {
        verdict_.lost += static_cast<std::uint64_t>(value - state.last) - 1;
        state.last = value;
    } else if (value == state.last) {
        ++verdict_.repeated;
    } else {
        ++verdict_.misordered;
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
