#include "pv/buffer.h"

#include <new>

namespace iochron::pv {

BufferRef BufferRef::make(std::size_t capacity)
{
    void* const memory = ::operator new(sizeof(Buffer) + capacity);
    return BufferRef(new (memory) Buffer(capacity));
}

BufferRef BufferRef::part_of(const BufferRef& whole, const std::byte* from)
{
    void* const memory = ::operator new(sizeof(Buffer) + sizeof(Buffer::Part));
    auto* const part = new (memory) Buffer(whole->capacity() | Buffer::part_bit);
    new (part + 1) Buffer::Part{from, whole.buffer_};
    acquire(whole.buffer_);
    return BufferRef(part);
}

void BufferRef::release(Buffer* buffer) noexcept
{
    if (buffer != nullptr && buffer->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        Buffer* const whole = buffer->is_part() ? buffer->part().whole : nullptr;
        buffer->~Buffer();
        ::operator delete(buffer);
        release(whole);
    }
}

BufferRef BufferPool::take(std::size_t capacity)
{
    for (BufferRef& buffer : buffers_) {
        if (buffer.sole_owner()) {
            if (buffer->capacity() < capacity) {
                buffer = BufferRef::make(capacity);
            }
            return buffer;
        }
    }
    BufferRef fresh = BufferRef::make(capacity);
    if (buffers_.size() < kept_) {
        buffers_.push_back(fresh);
    }
    return fresh;
}

} // namespace iochron::pv
