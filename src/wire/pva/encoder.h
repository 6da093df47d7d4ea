#pragma once

#include "base/byte_order.h"
#include "pv/value.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::wire::pva {

/// An array of numbers that a message borrows instead of holding its elements: they belong before byte `at` of it.
struct Loan {
    std::size_t at = 0;
    pv::Value array;
};

/// Appends primitives to a message whose length nobody knows before. The bytes are the caller's, to be used again for
/// the next message without allocating.
/// Thread: any (distinct objects)
class Encoder {
  public:
    /// With `loans`, large arrays that need no change of their byte order are noted there and not copied.
    Encoder(std::vector<std::byte>& to, base::ByteOrder order, std::vector<Loan>* loans = nullptr)
        : to_(to), order_(order), loans_(loans)
    {}

    [[nodiscard]] base::ByteOrder order() const { return order_; }
    [[nodiscard]] std::size_t offset() const { return to_.size(); }
    [[nodiscard]] std::vector<std::byte>& bytes() { return to_; }

    template <base::Number T>
    void number(T value)
    {
        base::store(room(sizeof value), value, order_);
    }
    void u8(std::uint8_t value) { number(value); }
    void u16(std::uint16_t value) { number(value); }
    void u32(std::uint32_t value) { number(value); }
    void u64(std::uint64_t value) { number(value); }
    void raw(std::span<const std::byte> bytes)
    {
        if (!bytes.empty()) {
            std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        }
    }
    /// One byte up to 253, five bytes beyond.
    void size(std::size_t n)
    {
        if (n < 254) {
            u8(static_cast<std::uint8_t>(n));
        } else {
            u8(0xFE);
            u32(static_cast<std::uint32_t>(n));
        }
    }
    /// The null size: no text, or a union that holds nothing.
    void null() { u8(0xFF); }
    void text(std::string_view text)
    {
        size(text.size());
        raw(std::as_bytes(std::span(text)));
    }
    /// Borrows the elements of an array of numbers; false where they are to be written.
    bool lend(const pv::Value& array)
    {
        constexpr std::size_t least_bytes = 4096;
        const bool lends = loans_ != nullptr && array.bytes().size() >= least_bytes &&
                           (order_ == base::native_order || pv::element_bytes(array.type()) == 1);
        if (lends) {
            loans_->push_back({to_.size(), array});
        }
        return lends;
    }
    /// A number that is known later only: it is put over what was written at `offset`.
    template <base::Number T>
    void patch(std::size_t offset, T value)
    {
        base::store(to_.data() + offset, value, order_);
    }

  private:
    std::byte* room(std::size_t n)
    {
        to_.resize(to_.size() + n);
        return to_.data() + to_.size() - n;
    }

    std::vector<std::byte>& to_;
    base::ByteOrder order_;
    std::vector<Loan>* loans_;
};

} // namespace iochron::wire::pva
