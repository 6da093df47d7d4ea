#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace iochron::pv {

/// A counted block of bytes: the elements of an array or the characters of a string. Whoever made it fills it while
/// nobody else knows it; from then on it is immutable, so a value that is queued cannot change before it is sent.
/// Thread: any (once shared)
class Buffer {
  public:
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    /// Of a part that of the whole: so much memory it keeps.
    [[nodiscard]] std::size_t capacity() const { return capacity_ & ~part_bit; }
    [[nodiscard]] const std::byte* data() const
    {
        return is_part() ? part().data : reinterpret_cast<const std::byte*>(this + 1);
    }
    /// Only before the buffer is shared, and of no part.
    [[nodiscard]] std::byte* fill() { return reinterpret_cast<std::byte*>(this + 1); }

  private:
    friend class BufferRef;
    /// What stands behind the members of one that has no bytes of its own.
    struct Part {
        const std::byte* data;
        Buffer* whole;
    };
    static constexpr std::size_t part_bit = ~(~std::size_t{0} >> 1);

    explicit Buffer(std::size_t capacity) : capacity_(capacity) {}
    [[nodiscard]] bool is_part() const { return (capacity_ & part_bit) != 0; }
    [[nodiscard]] const Part& part() const { return *reinterpret_cast<const Part*>(this + 1); }

    std::atomic<std::uint32_t> owners_{0};
    std::size_t capacity_; ///< with part_bit
};

/// An owner of a Buffer.
/// Thread: any (distinct objects)
class BufferRef {
  public:
    BufferRef() = default;
    [[nodiscard]] static BufferRef make(std::size_t capacity);
    /// What a buffer holds from this place in it on, which is not copied: the whole is kept as long as the part.
    [[nodiscard]] static BufferRef part_of(const BufferRef& whole, const std::byte* from);
    BufferRef(const BufferRef& other) noexcept : buffer_(other.buffer_) { acquire(buffer_); }
    BufferRef(BufferRef&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
    BufferRef& operator=(BufferRef other) noexcept
    {
        std::swap(buffer_, other.buffer_);
        return *this;
    }
    ~BufferRef() { release(buffer_); }

    explicit operator bool() const { return buffer_ != nullptr; }
    Buffer* operator->() const { return buffer_; }
    [[nodiscard]] Buffer* get() const { return buffer_; }
    /// True when nobody else owns the buffer, so that it may be filled again.
    [[nodiscard]] bool sole_owner() const { return buffer_->owners_.load(std::memory_order_acquire) == 1; }
    /// A std::shared_ptr that keeps the buffer, for base::Output::share().
    [[nodiscard]] std::shared_ptr<const void> shared() const { return std::make_shared<BufferRef>(*this); }

  private:
    friend class Value;
    explicit BufferRef(Buffer* buffer) noexcept : buffer_(buffer) { acquire(buffer); }
    static void acquire(Buffer* buffer) noexcept
    {
        if (buffer != nullptr) {
            buffer->owners_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    static void release(Buffer* buffer) noexcept;

    Buffer* buffer_ = nullptr;
};

/// The buffers of one array field: gives one that nobody reads any more, or a new one, so that posting an array does
/// not allocate once the readers keep up. Keeps at most `kept`.
/// Thread: shard
class BufferPool {
  public:
    explicit BufferPool(std::size_t kept = 4) : kept_(kept) {}
    [[nodiscard]] BufferRef take(std::size_t capacity);

  private:
    std::vector<BufferRef> buffers_;
    std::size_t kept_;
};

} // namespace iochron::pv
