#pragma once

#include "pv/sample.h"

#include <array>
#include <cstddef>
#include <span>

namespace iochron::server::pva {

/// The frame of an update of an NTScalar number: value, alarm and time stamp. Most updates are such, so nothing of it
/// is worked out anew but what differs. Thread: shard
class NumberFrame {
  public:
    NumberFrame();

    // hot: no allocation.
    /// Good until the next call; its request id is 0. Empty where the alarm's message is too long for it.
    [[nodiscard]] std::span<const std::byte> encode(const pv::Sample& sample);

  private:
    static constexpr std::size_t most_message_bytes = 128;
    static constexpr std::size_t value_at = 16;

    std::array<std::byte, 192> bytes_{};
};

} // namespace iochron::server::pva
