#pragma once

#include "base/byte_order.h"
#include "base/fault.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace iochron::base {

/// Reads numbers and text from bytes, with a sticky fault: after the first read that does not fit, every read
/// gives zeros, and `fault()` keeps where and why. A decoder reads all its fields and asks once at the end.
/// Thread: any (distinct objects)
class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes, ByteOrder order = ByteOrder::big) noexcept
        : bytes_(bytes), order_(order)
    {}

    [[nodiscard]] bool ok() const noexcept { return !fault_; }
    [[nodiscard]] std::size_t offset() const noexcept { return at_; }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }
    /// What is left, without taking it; empty after a fault.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept
    {
        return ok() ? bytes_.subspan(at_) : std::span<const std::byte>{};
    }
    [[nodiscard]] ByteOrder order() const noexcept { return order_; }
    void set_order(ByteOrder order) noexcept { order_ = order; }

    template <Number T>
    T number() noexcept
    {
        const std::span<const std::byte> taken = bytes(sizeof(T));
        return taken.empty() ? T{} : load<T>(taken.data(), order_);
    }
    std::uint8_t u8() noexcept { return number<std::uint8_t>(); }
    std::uint16_t u16() noexcept { return number<std::uint16_t>(); }
    std::uint32_t u32() noexcept { return number<std::uint32_t>(); }
    std::uint64_t u64() noexcept { return number<std::uint64_t>(); }
    float f32() noexcept { return number<float>(); }
    double f64() noexcept { return number<double>(); }

    /// The next n bytes, which stay in place; empty where fewer are left (that is a fault).
    std::span<const std::byte> bytes(std::size_t n) noexcept
    {
        if (!ok() || n > left()) {
            fail("the message ends too early");
            return {};
        }
        return bytes_.subspan(std::exchange(at_, at_ + n), n);
    }
    void skip(std::size_t n) noexcept { (void)bytes(n); }

    /// The next n bytes as text, up to the first NUL among them.
    std::string_view text(std::size_t n) noexcept
    {
        const auto taken = bytes(n);
        const std::string_view all(reinterpret_cast<const char*>(taken.data()), taken.size());
        return all.substr(0, all.find('\0'));
    }

    /// Notes that what was read here makes no sense; the first fault stays. `what` must outlive the reader.
    void fail(const char* what) noexcept
    {
        if (ok()) {
            fault_ = {at_, what};
        }
    }

    /// The first fault. Only when not ok().
    [[nodiscard]] Fault fault() const { return {fault_->first, fault_->second}; }

  private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    std::optional<std::pair<std::size_t, const char*>> fault_;
    ByteOrder order_;
};

} // namespace iochron::base
