#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace iochron::perf {

/// A histogram of latencies from 1 us to over an hour with 1/32 resolution (3 %), in 8 KiB, without allocation.
/// Thread: shard
class Latency {
  public:
    void add(std::chrono::nanoseconds latency, std::uint64_t times = 1)
    {
        const auto us = static_cast<std::uint64_t>(latency.count() > 0 ? latency.count() / 1000 : 0);
        counts_[bucket(us)] += times;
        total_ += times;
        max_us_ = us > max_us_ ? us : max_us_;
    }
    void add(const Latency& other)
    {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            counts_[i] += other.counts_[i];
        }
        total_ += other.total_;
        max_us_ = other.max_us_ > max_us_ ? other.max_us_ : max_us_;
    }

    [[nodiscard]] std::uint64_t total() const { return total_; }
    [[nodiscard]] std::uint64_t max_us() const { return max_us_; }
    /// The latency in us that the given share (0 to 1) of all does not exceed, to the histogram's resolution.
    [[nodiscard]] std::uint64_t quantile_us(double share) const
    {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted || (seen == total_ && total_ > 0)) {
                return std::min(upper_us(i), max_us_);
            }
        }
        return 0;
    }

  private:
    static constexpr std::uint64_t steps = 32; ///< buckets per doubling

    [[nodiscard]] static std::size_t bucket(std::uint64_t us)
    {
        if (us < steps) {
            return us;
        }
        const auto doublings = static_cast<std::uint64_t>(std::bit_width(us)) - 6; // 32..63 is the first row
        const std::uint64_t index = steps + doublings * steps + ((us >> doublings) - steps);
        return std::min<std::size_t>(index, buckets - 1);
    }
    [[nodiscard]] static std::uint64_t upper_us(std::size_t bucket)
    {
        if (bucket < steps) {
            return bucket;
        }
        const std::uint64_t doublings = (bucket - steps) / steps;
        return ((((bucket - steps) % steps) + steps + 1) << doublings) - 1;
    }

    static constexpr std::size_t buckets = 1024;
    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_us_ = 0;
};

} // namespace iochron::perf
