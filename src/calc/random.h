#pragma once

#include <cstdint>

namespace iochron::calc {

/// Where RNDM comes from: evenly spread numbers from 0 to 1, both included, the same row for the same seed. The range
/// is Base's; the row is not (Base has 65,536 different numbers, shared by the whole process).
/// Thread: shard
class Random {
  public:
    explicit Random(std::uint64_t seed = 0x5DEECE66D) : state_(seed) {}

    [[nodiscard]] double next()
    {
        state_ += 0x9E3779B97F4A7C15; // a Weyl row, then a mix of its bits
        std::uint64_t x = state_;
        x = (x ^ (x >> 31)) * 0xD6E8FEB86659FD93;
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        x ^= x >> 32;
        constexpr auto largest = static_cast<double>((std::uint64_t{1} << 53) - 1);
        return static_cast<double>(x >> 11) / largest;
    }

  private:
    std::uint64_t state_;
};

} // namespace iochron::calc
