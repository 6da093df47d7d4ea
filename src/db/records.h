#pragma once

#include "db/record.h"

#include <cstddef>
#include <memory_resource>
#include <vector>

namespace iochron::db {

struct RecordType;

/// The hot blocks. Those of one type lie in chunks of 4,096 with one stride, so that an index gives an address without
/// a table, and none ever moves. Chunks come in pieces of 2 MiB, so that huge pages can hold them.
/// Thread: shard
class Records {
  public:
    explicit Records(std::pmr::memory_resource* memory) : memory_(memory) {}
    ~Records();
    Records(const Records&) = delete;
    Records& operator=(const Records&) = delete;

    [[nodiscard]] Record& operator[](RecordId id)
    {
        const auto index = static_cast<std::uint32_t>(id);
        const Chunk& chunk = chunks_[index / per_chunk];
        return *reinterpret_cast<Record*>(chunk.blocks + std::size_t{index % per_chunk} * chunk.stride);
    }
    [[nodiscard]] const Record& operator[](RecordId id) const { return const_cast<Records&>(*this)[id]; }

    /// Makes the block of a record of the type whose index is `type_index`.
    Record& make(const RecordType& type, std::uint8_t type_index);
    /// Undoes the last make() of that type.
    void drop_last(std::uint8_t type_index);

    /// Records, deleted ones included.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool has(RecordId id) const { return static_cast<std::uint32_t>(id) / per_chunk < chunks_.size(); }
    /// Calls f(record) for each record: type by type, in the order of creation.
    template <class F>
    void each(F&& f)
    {
        for (const Kind& kind : by_type_) {
            for (std::size_t i = 0; i < kind.size; ++i) {
                const std::uint32_t chunk = kind.chunks[i / per_chunk] * per_chunk;
                Record& record = (*this)[RecordId{chunk + static_cast<std::uint32_t>(i % per_chunk)}];
                if (!record.is(flag_deleted)) {
                    f(record);
                }
            }
        }
    }
    [[nodiscard]] std::size_t memory_bytes() const { return memory_bytes_; }

  private:
    static constexpr std::uint32_t per_chunk = 4096;
    static constexpr std::size_t piece_bytes = 2u << 20;

    struct Chunk {
        std::byte* blocks = nullptr;
        std::size_t stride = 0;
    };
    /// The records of one type.
    struct Kind {
        std::vector<std::uint32_t> chunks;
        std::size_t size = 0;
    };

    std::byte* take(std::size_t bytes);

    std::pmr::memory_resource* memory_;
    std::vector<Chunk> chunks_;
    std::vector<Kind> by_type_;
    std::size_t size_ = 0;
    std::vector<std::byte*> pieces_;
    std::byte* free_ = nullptr;
    std::size_t free_bytes_ = 0;
    std::size_t memory_bytes_ = 0;
};

} // namespace iochron::db
