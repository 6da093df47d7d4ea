#pragma once

#include <cstdint>
#include <unordered_map>

namespace iochron::server::ca {

/// The ids of a circuit's subscriptions. A client may give one id to several (rsrv allows it, libca never does so);
/// which those are is what must be known. Ids in a row cost less than a byte each. Thread: shard
class IdsInUse {
  public:
    /// True where another one has this id already.
    bool add(std::uint32_t id)
    {
        std::uint64_t& page = pages_[id / page_ids];
        const std::uint64_t bit = std::uint64_t{1} << id % page_ids;
        if ((page & bit) == 0) {
            page |= bit;
            return false;
        }
        ++shared_.try_emplace(id, 1).first->second;
        return true;
    }
    /// True where it was shared, and this was the last one of all that had it.
    bool remove(std::uint32_t id)
    {
        const auto found = shared_.find(id);
        if (found != shared_.end() && --found->second > 0) {
            return false;
        }
        const auto page = pages_.find(id / page_ids);
        page->second &= ~(std::uint64_t{1} << id % page_ids);
        if (page->second == 0) {
            pages_.erase(page);
        }
        const bool was_shared = found != shared_.end();
        if (was_shared) {
            shared_.erase(found);
        }
        return was_shared;
    }

  private:
    static constexpr std::uint32_t page_ids = 64;

    std::unordered_map<std::uint32_t, std::uint64_t> pages_;
    std::unordered_map<std::uint32_t, std::uint32_t> shared_; ///< id to how many have it
};

} // namespace iochron::server::ca
