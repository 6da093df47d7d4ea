#pragma once

#include "pv/sample.h"
#include "server/fanout.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace iochron::server::pva {

/// The frame of the first value of a group's member, kept for the next member: monitors of one PV come by the thousand,
/// and each is told all about it first. Within one piece of work only, in which nothing about a PV is replaced.
/// Thread: shard
class FirstFrame {
  public:
    /// Empty where it was another group's, or of another sample.
    [[nodiscard]] std::span<const std::byte> find(const Group& group, const pv::Sample& sample) const;
    void keep(const Group& group, const pv::Sample& sample, std::span<const std::byte> frame);
    void forget() { bytes_.clear(); }

  private:
    std::uint32_t stream_ = none;
    std::uint32_t selection_ = 0;
    pv::Sample sample_; ///< its message is message_
    std::string message_;
    std::vector<std::byte> bytes_;
};

} // namespace iochron::server::pva
