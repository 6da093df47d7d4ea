#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace iochron::server {

/// How many updates of each subscription were dropped, by its id. In the order of the ids, which their clients choose:
/// so no choice of theirs makes it slow.
/// Thread: shard
class Dropped {
  public:
    struct Count {
        std::uint32_t subscription;
        std::uint64_t updates; ///< 0: forgotten
    };

    /// Adds what one collapse dropped: in the order of the ids, each once.
    void add(std::span<const Count> more);
    [[nodiscard]] std::uint64_t of(std::uint32_t subscription) const;
    /// Forgets a count, and gives it.
    std::uint64_t forget(std::uint32_t subscription);

  private:
    [[nodiscard]] std::vector<Count>::const_iterator find(std::uint32_t subscription) const;

    std::vector<Count> counts_;
    std::size_t forgotten_ = 0;
};

} // namespace iochron::server
