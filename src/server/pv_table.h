#pragma once

#include "pv/source.h"
#include "server/fanout.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace iochron::server {

using PvIndex = std::uint32_t;

/// One channel that the server has open at a Source, shared by all channels of all circuits that may see the same.
/// 24 bytes, as there may be millions.
struct Pv {
    enum class State : std::uint8_t {
        free,
        opening,
        abandoned, ///< nobody wants it any more, but the Source's answer to the open is still to come
        open,
        gone, ///< the Source has closed it; its channels are told when the work is settled
    };

    pv::ChannelId channel{};
    std::uint32_t channels = 0;      ///< of circuits
    std::uint32_t first_link = none; ///< its first group; while opening the first of those who wait
    std::uint32_t name_at = 0;
    std::uint8_t source = 0; ///< index
    State state = State::free;
    pv::Rights rights;
};
static_assert(sizeof(Pv) == 24);

/// Who sees what: peers of one identity have the same rights everywhere. 0 stands for everybody.
using Identity = std::uint32_t;

/// The PVs of a server, by index and by name. A removed PV's index is used again.
/// Thread: shard
class PvTable {
  public:
    /// The PV of that name for that identity, or `none`.
    [[nodiscard]] PvIndex find(std::string_view name, Identity identity) const;
    /// A new PV. With `findable` false nobody else will find it: it belongs to one channel alone.
    PvIndex add(std::string_view name, Identity identity, bool findable);
    /// No new channel finds it any more; it stays until it is removed.
    void hide(PvIndex index);
    void remove(PvIndex index);

    [[nodiscard]] Pv& at(PvIndex index) { return pvs_[index]; }
    [[nodiscard]] const Pv& at(PvIndex index) const { return pvs_[index]; }
    /// Good until the next add(), though its PV be removed.
    [[nodiscard]] std::string_view name(PvIndex index) const;
    [[nodiscard]] std::size_t size() const { return pvs_.size() - free_.size(); }

  private:
    static constexpr std::uint32_t vacated = none - 1;

    [[nodiscard]] Identity identity(PvIndex index) const;
    [[nodiscard]] std::size_t slot_of(std::string_view name, Identity identity) const;
    void rebuild_index();
    void compact_names();

    std::vector<Pv> pvs_;
    std::vector<PvIndex> free_;
    std::vector<char> names_; ///< identity, length, text of each
    std::size_t dead_bytes_ = 0;
    std::vector<PvIndex> index_; ///< by hash, linear probing, at most three quarters full
    std::size_t used_slots_ = 0; ///< with those vacated
};

} // namespace iochron::server
