#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace iochron::pv {

/// A set of small numbers: the fields of a structure that are meant or have changed. Up to 64 fields need no
/// allocation, which covers every scalar normative type.
/// Thread: any (distinct objects)
class BitSet {
  public:
    void set(std::size_t bit)
    {
        if (bit >= 64 && more_.size() < bit / 64) {
            more_.resize(bit / 64);
        }
        word(bit / 64) |= mask(bit);
    }
    void reset(std::size_t bit)
    {
        if (bit / 64 <= more_.size()) {
            word(bit / 64) &= ~mask(bit);
        }
    }
    void clear()
    {
        first_ = 0;
        more_.clear();
    }
    [[nodiscard]] bool test(std::size_t bit) const
    {
        return bit / 64 <= more_.size() && (word(bit / 64) & mask(bit)) != 0;
    }
    /// Words of 64 bits, lowest first; the last may be zero.
    [[nodiscard]] std::size_t words() const { return 1 + more_.size(); }
    [[nodiscard]] std::uint64_t word(std::size_t i) const { return i == 0 ? first_ : more_[i - 1]; }

    [[nodiscard]] bool any() const { return !none(); }
    [[nodiscard]] bool none() const { return end() == 0; }
    [[nodiscard]] std::size_t count() const
    {
        std::size_t bits = 0;
        for (std::size_t i = 0; i < words(); ++i) {
            bits += static_cast<std::size_t>(std::popcount(word(i)));
        }
        return bits;
    }
    /// One more than the highest bit; 0 where there is none.
    [[nodiscard]] std::size_t end() const
    {
        for (std::size_t i = words(); i-- > 0;) {
            if (word(i) != 0) {
                return i * 64 + 64 - static_cast<std::size_t>(std::countl_zero(word(i)));
            }
        }
        return 0;
    }
    /// The lowest bit that is not below `from`, or `none_left`.
    static constexpr std::size_t none_left = ~std::size_t{0};
    [[nodiscard]] std::size_t next(std::size_t from) const
    {
        for (std::size_t i = from / 64; i < words(); ++i, from = i * 64) {
            const std::uint64_t rest = word(i) & (~std::uint64_t{0} << (from % 64));
            if (rest != 0) {
                return i * 64 + static_cast<std::size_t>(std::countr_zero(rest));
            }
        }
        return none_left;
    }

    BitSet& operator|=(const BitSet& other)
    {
        more_.resize(std::max(more_.size(), other.more_.size()));
        for (std::size_t i = 0; i < other.words(); ++i) {
            word(i) |= other.word(i);
        }
        return *this;
    }
    BitSet& operator&=(const BitSet& other)
    {
        for (std::size_t i = 0; i < words(); ++i) {
            word(i) &= i < other.words() ? other.word(i) : 0;
        }
        return *this;
    }
    /// Whether all bits of the other are in this.
    [[nodiscard]] bool contains(const BitSet& other) const
    {
        for (std::size_t i = 0; i < other.words(); ++i) {
            if ((other.word(i) & ~(i < words() ? word(i) : 0)) != 0) {
                return false;
            }
        }
        return true;
    }
    bool operator==(const BitSet& other) const
    {
        for (std::size_t i = 0; i < std::max(words(), other.words()); ++i) {
            if ((i < words() ? word(i) : 0) != (i < other.words() ? other.word(i) : 0)) {
                return false;
            }
        }
        return true;
    }

  private:
    [[nodiscard]] static std::uint64_t mask(std::size_t bit) { return std::uint64_t{1} << (bit % 64); }
    std::uint64_t& word(std::size_t i) { return i == 0 ? first_ : more_[i - 1]; }

    std::uint64_t first_ = 0;
    std::vector<std::uint64_t> more_;
};

} // namespace iochron::pv
