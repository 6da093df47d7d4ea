#pragma once

#include "base/byte_order.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::base {

/// Writes numbers and text into bytes that the caller provides, with a sticky fault: after the first write that
/// does not fit nothing more is written and ok() is false. Encoders size their frame first, so that is our bug.
/// Thread: any (distinct objects)
class Writer {
  public:
    explicit Writer(std::span<std::byte> bytes, ByteOrder order = ByteOrder::big) noexcept
        : bytes_(bytes), order_(order)
    {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::size_t offset() const noexcept { return at_; }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }
    [[nodiscard]] ByteOrder order() const noexcept { return order_; }

    template <Number T>
    void number(T value) noexcept
    {
        if (std::byte* to = room(sizeof(T))) {
            store(to, value, order_);
        }
    }
    void u8(std::uint8_t value) noexcept { number(value); }
    void u16(std::uint16_t value) noexcept { number(value); }
    void u32(std::uint32_t value) noexcept { number(value); }
    void u64(std::uint64_t value) noexcept { number(value); }
    void f32(float value) noexcept { number(value); }
    void f64(double value) noexcept { number(value); }

    void bytes(std::span<const std::byte> from) noexcept
    {
        if (std::byte* to = room(from.size()); to != nullptr && !from.empty()) {
            std::memcpy(to, from.data(), from.size());
        }
    }
    void zeros(std::size_t n) noexcept
    {
        if (std::byte* to = room(n); to != nullptr && n > 0) {
            std::memset(to, 0, n);
        }
    }
    /// The text cut to n bytes, zero-filled to exactly n; with `terminated` the last byte is always NUL.
    void text(std::string_view from, std::size_t n, bool terminated = true) noexcept
    {
        const std::size_t room = terminated && n > 0 ? n - 1 : n;
        from = from.substr(0, room);
        bytes(std::as_bytes(std::span(from)));
        zeros(n - from.size());
    }

    /// The next n bytes, to be filled by the caller at once; null where they do not fit.
    std::byte* room(std::size_t n) noexcept
    {
        if (!ok_ || n > left()) {
            ok_ = false;
            return nullptr;
        }
        std::byte* const to = bytes_.data() + at_;
        at_ += n;
        return to;
    }

  private:
    std::span<std::byte> bytes_;
    std::size_t at_ = 0;
    ByteOrder order_;
    bool ok_ = true;
};

} // namespace iochron::base
