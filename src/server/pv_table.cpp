#include "server/pv_table.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <functional>
#include <utility>

namespace iochron::server {
namespace {

/// In front of each name's text.
struct NameHead {
    Identity identity;
    std::uint32_t size;
};

std::size_t hash_of(std::string_view name, Identity identity)
{
    return std::hash<std::string_view>{}(name) ^ identity * std::size_t{0x9e3779b97f4a7c15};
}

constexpr std::size_t least_slots = 16;

} // namespace

std::string_view PvTable::name(PvIndex index) const
{
    NameHead head;
    const char* const at = names_.data() + pvs_[index].name_at;
    std::memcpy(&head, at, sizeof head);
    return {at + sizeof head, head.size};
}

Identity PvTable::identity(PvIndex index) const
{
    NameHead head;
    std::memcpy(&head, names_.data() + pvs_[index].name_at, sizeof head);
    return head.identity;
}

std::size_t PvTable::slot_of(std::string_view wanted, Identity who) const
{
    const std::size_t mask = index_.size() - 1;
    for (std::size_t slot = hash_of(wanted, who) & mask;; slot = (slot + 1) & mask) {
        const PvIndex index = index_[slot];
        if (index == none || (index != vacated && identity(index) == who && name(index) == wanted)) {
            return slot;
        }
    }
}

PvIndex PvTable::find(std::string_view name, Identity identity) const
{
    return index_.empty() ? none : index_[slot_of(name, identity)];
}

PvIndex PvTable::add(std::string_view name, Identity identity, bool findable)
{
    constexpr std::size_t worth_it = 1u << 16;
    if (dead_bytes_ > worth_it && dead_bytes_ * 2 > names_.size()) {
        compact_names();
    }
    PvIndex index = static_cast<PvIndex>(pvs_.size());
    if (free_.empty()) {
        pvs_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    Pv& pv = pvs_[index];
    pv.state = Pv::State::opening;
    pv.name_at = static_cast<std::uint32_t>(names_.size());
    const NameHead head{identity, static_cast<std::uint32_t>(name.size())};
    names_.resize(names_.size() + sizeof head + name.size());
    std::memcpy(names_.data() + pv.name_at, &head, sizeof head);
    std::ranges::copy(name, names_.data() + pv.name_at + sizeof head);
    if (findable) {
        if ((used_slots_ + 1) * 4 > index_.size() * 3) {
            rebuild_index();
        }
        const std::size_t slot = slot_of(name, identity);
        assert(index_[slot] == none);
        index_[slot] = index;
        ++used_slots_;
    }
    return index;
}

void PvTable::rebuild_index()
{
    const std::vector<PvIndex> old = std::exchange(index_, {});
    const auto live = static_cast<std::size_t>(
        std::ranges::count_if(old, [](PvIndex index) { return index != none && index != vacated; }));
    index_.assign(std::max(least_slots, std::bit_ceil((live + 1) * 2)), none);
    used_slots_ = live;
    const std::size_t mask = index_.size() - 1;
    for (const PvIndex index : old) {
        if (index != none && index != vacated) {
            std::size_t slot = hash_of(name(index), identity(index)) & mask;
            while (index_[slot] != none) {
                slot = (slot + 1) & mask;
            }
            index_[slot] = index;
        }
    }
}

void PvTable::hide(PvIndex index)
{
    if (!index_.empty()) {
        const std::size_t slot = slot_of(name(index), identity(index));
        if (index_[slot] == index) {
            index_[slot] = vacated;
        }
    }
}

void PvTable::remove(PvIndex index)
{
    hide(index);
    dead_bytes_ += sizeof(NameHead) + name(index).size();
    pvs_[index] = {};
    free_.push_back(index);
}

void PvTable::compact_names()
{
    std::vector<char> kept;
    kept.reserve(names_.size() - dead_bytes_);
    for (Pv& pv : pvs_) {
        if (pv.state != Pv::State::free) {
            const std::string_view text = name(static_cast<PvIndex>(&pv - pvs_.data()));
            const char* const from = text.data() - sizeof(NameHead);
            pv.name_at = static_cast<std::uint32_t>(kept.size());
            kept.insert(kept.end(), from, text.data() + text.size());
        }
    }
    names_ = std::move(kept);
    dead_bytes_ = 0;
}

} // namespace iochron::server
