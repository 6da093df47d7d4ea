#include "base/name_table.h"

#include <bit>
#include <cassert>
#include <cstring>

namespace iochron::base {

namespace {

constexpr std::size_t head_bytes = sizeof(std::uint32_t) + 1;

std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_of(std::string_view text)
{
    std::uint64_t hash = 0x9e3779b97f4a7c15U ^ text.size();
    while (text.size() >= sizeof hash) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), sizeof word);
        hash = mix(hash ^ word, 0xa0761d6478bd642fU);
        text.remove_prefix(sizeof word);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), text.size());
    return mix(hash ^ word, 0xe7037ed1a0b428dbU);
}

std::uint8_t tag_of(std::uint64_t hash)
{
    return static_cast<std::uint8_t>(hash >> 56);
}

} // namespace

std::string_view NameTable::text(Place place) const
{
    const std::byte* const from = at(static_cast<std::uint32_t>(place));
    return {reinterpret_cast<const char*>(from + head_bytes), static_cast<std::size_t>(from[head_bytes - 1])};
}

std::optional<std::size_t> NameTable::slot_of(std::string_view name) const
{
    if (slots_.empty()) {
        return {};
    }
    const std::uint64_t hash = hash_of(name);
    const std::size_t wrap = slots_.size() - 1;
    for (std::size_t slot = hash & wrap; slots_[slot] != 0; slot = (slot + 1) & wrap) {
        if (tags_[slot] == tag_of(hash) && slots_[slot] != erased && text(Place{slots_[slot] - 1}) == name) {
            return slot;
        }
    }
    return {};
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const
{
    const std::optional<std::size_t> slot = slot_of(name);
    if (!slot) {
        return {};
    }
    std::uint32_t id;
    std::memcpy(&id, at(slots_[*slot] - 1), sizeof id);
    return id;
}

std::uint32_t NameTable::store(std::string_view name, std::uint32_t id)
{
    const std::size_t needed = head_bytes + name.size();
    if (end_ / piece_bytes != (end_ + needed) / piece_bytes || pieces_.empty()) {
        end_ = static_cast<std::uint32_t>(pieces_.size() * piece_bytes);
        pieces_.push_back(std::make_unique_for_overwrite<std::byte[]>(piece_bytes));
    }
    const std::uint32_t place = end_;
    std::byte* const to = at(place);
    std::memcpy(to, &id, sizeof id);
    to[head_bytes - 1] = static_cast<std::byte>(name.size());
    std::memcpy(to + head_bytes, name.data(), name.size());
    end_ += static_cast<std::uint32_t>(needed);
    return place;
}

void NameTable::put(std::uint64_t hash, std::uint32_t entry)
{
    const std::size_t wrap = slots_.size() - 1;
    std::size_t slot = hash & wrap;
    while (slots_[slot] != 0) {
        slot = (slot + 1) & wrap;
    }
    slots_[slot] = entry;
    tags_[slot] = tag_of(hash);
    ++filled_;
}

void NameTable::grow(std::size_t slots)
{
    std::vector<std::uint32_t> old(slots);
    old.swap(slots_);
    tags_.assign(slots, 0);
    filled_ = 0;
    for (const std::uint32_t entry : old) {
        if (entry != 0 && entry != erased) {
            put(hash_of(text(Place{entry - 1})), entry);
        }
    }
}

void NameTable::reserve(std::size_t names)
{
    const std::size_t slots = std::bit_ceil(names + names / 2);
    if (slots > slots_.size()) {
        grow(slots);
    }
}

std::optional<NameTable::Place> NameTable::insert(std::string_view name, std::uint32_t id)
{
    assert(!name.empty() && name.size() <= max_name_bytes);
    if (slot_of(name)) {
        return {};
    }
    if ((filled_ + 1) * 4 > slots_.size() * 3) {
        grow(std::max<std::size_t>(64, std::bit_ceil((used_ + 1) * 2)));
    }
    const std::uint32_t place = store(name, id);
    put(hash_of(name), place + 1);
    ++used_;
    return Place{place};
}

bool NameTable::erase(std::string_view name)
{
    const std::optional<std::size_t> slot = slot_of(name);
    if (!slot) {
        return false;
    }
    const std::uint32_t place = slots_[*slot] - 1;
    if (place + head_bytes + text(Place{place}).size() == end_) {
        end_ = place;
    }
    slots_[*slot] = erased;
    --used_;
    return true;
}

std::size_t NameTable::memory_bytes() const
{
    return pieces_.size() * piece_bytes + slots_.capacity() * sizeof slots_[0] + tags_.capacity();
}

} // namespace iochron::base
