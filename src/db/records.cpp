#include "db/records.h"

#include "db/record_type.h"

namespace iochron::db {

namespace {

constexpr std::size_t line = 64;

}

Records::~Records()
{
    for (std::byte* piece : pieces_) {
        memory_->deallocate(piece, piece_bytes, piece_bytes);
    }
}

std::byte* Records::take(std::size_t bytes)
{
    if (bytes > free_bytes_) {
        free_ = static_cast<std::byte*>(memory_->allocate(piece_bytes, piece_bytes));
        free_bytes_ = piece_bytes;
        pieces_.push_back(free_);
    }
    std::byte* const taken = free_;
    free_ += bytes;
    free_bytes_ -= bytes;
    return taken;
}

Record& Records::make(const RecordType& type, std::uint8_t type_index)
{
    if (by_type_.size() <= type_index) {
        by_type_.resize(type_index + 1);
    }
    Kind& kind = by_type_[type_index];
    const std::uint32_t slot = kind.size % per_chunk;
    if (kind.size / per_chunk == kind.chunks.size()) {
        const std::size_t stride = (type.bytes + line - 1) / line * line;
        kind.chunks.push_back(static_cast<std::uint32_t>(chunks_.size()));
        chunks_.push_back({take(stride * per_chunk), stride});
        memory_bytes_ += stride * per_chunk;
    }
    const RecordId id{kind.chunks[kind.size / per_chunk] * per_chunk + slot};
    Record& record = (*this)[id];
    type.construct(&record);
    record.id = id;
    record.type = type_index;
    ++kind.size;
    ++size_;
    return record;
}

void Records::drop_last(std::uint8_t type_index)
{
    --by_type_[type_index].size;
    --size_;
}

} // namespace iochron::db
