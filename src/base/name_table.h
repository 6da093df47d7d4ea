#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace iochron::base {

/// Names of up to 255 bytes, each with a u32 that the caller gave it; several names may have the same one. The texts
/// lie one behind the other in pieces that never move. About 10 bytes per name besides the text.
/// Thread: shard
class NameTable {
  public:
    static constexpr std::size_t max_name_bytes = 255;

    /// Where a name's text lies; stays good until the name is erased.
    enum class Place : std::uint32_t {};

    /// Keeps the name; nothing where it is taken. The name must not be empty nor longer than max_name_bytes.
    std::optional<Place> insert(std::string_view name, std::uint32_t id);
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
    /// Forgets the name, if it is there. The last names' text is used again, others' is not.
    bool erase(std::string_view name);
    [[nodiscard]] std::string_view text(Place place) const;

    [[nodiscard]] std::size_t size() const { return used_; }
    void reserve(std::size_t names);
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    // A text is stored as its u32 id, its length in one byte, its characters. A slot holds place + 1; 0 is free, the
    // tag beside it is 8 bits of the hash, so that a wrong slot is nearly always seen without going to the text.
    static constexpr std::size_t piece_bytes = 1u << 20;
    static constexpr std::uint32_t erased = ~std::uint32_t{0};

    [[nodiscard]] std::byte* at(std::uint32_t place) const
    {
        return pieces_[place / piece_bytes].get() + place % piece_bytes;
    }
    [[nodiscard]] std::optional<std::size_t> slot_of(std::string_view name) const;
    std::uint32_t store(std::string_view name, std::uint32_t id);
    void grow(std::size_t slots);
    void put(std::uint64_t hash, std::uint32_t entry);

    std::vector<std::unique_ptr<std::byte[]>> pieces_;
    std::uint32_t end_ = 0; ///< where the next text goes
    std::vector<std::uint32_t> slots_;
    std::vector<std::uint8_t> tags_;
    std::size_t used_ = 0;
    std::size_t filled_ = 0; ///< slots that are not free, erased ones included
};

} // namespace iochron::base
