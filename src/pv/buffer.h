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

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] const std::byte* data() const { return reinterpret_cast<const std::byte*>(this + 1); }
    /// Only before the buffer is shared.
    [[nodiscard]] std::byte* fill() { return reinterpret_cast<std::byte*>(this + 1); }

  private:
    friend class BufferRef;
    explicit Buffer(std::size_t capacity) : capacity_(capacity) {}

    std::atomic<std::uint32_t> owners_{0};
    std::size_t capacity_;
};

/// An owner of a Buffer.
/// Thread: any (distinct objects)
class BufferRef {
  public:
    BufferRef() = default;
    [[nodiscard]] static BufferRef make(std::size_t capacity);
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
