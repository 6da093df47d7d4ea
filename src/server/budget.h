#pragma once

#include <cstddef>

namespace iochron::server {

/// All unsent output of the servers of one shard together, against the bound of base::Limits (process_output_bytes).
/// Each server notes its own changes and, when the bound is passed, collapses its own largest queues.
/// Thread: shard
class Budget {
  public:
    explicit Budget(std::size_t most) : most_(most) {}

    void change(std::size_t from, std::size_t to) { used_ += to - from; }
    [[nodiscard]] std::size_t used() const { return used_; }
    [[nodiscard]] bool exceeded() const { return used_ > most_; }
    /// What is to be reached once it is exceeded, so that it is not exceeded again at once.
    [[nodiscard]] bool relaxed() const { return used_ <= most_ - most_ / 8; }

  private:
    std::size_t most_;
    std::size_t used_ = 0;
};

} // namespace iochron::server
