#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace iochron::db {

/// Small things found by a u32 that never move, in pieces of 4,096; freed ones are used again. Index 0 is never given.
/// Thread: shard
template <class T>
class Nodes {
  public:
    [[nodiscard]] std::uint32_t make()
    {
        if (!free_.empty()) {
            const std::uint32_t node = free_.back();
            free_.pop_back();
            return node;
        }
        if (end_ % piece == 0) {
            pieces_.push_back(std::make_unique<T[]>(piece));
            end_ += end_ == 0 ? 1 : 0;
        }
        return end_++;
    }
    void free(std::uint32_t node)
    {
        (*this)[node] = T{};
        free_.push_back(node);
    }
    [[nodiscard]] T& operator[](std::uint32_t node)
    {
        assert(node != 0 && node < end_);
        return pieces_[node / piece][node % piece];
    }
    [[nodiscard]] const T& operator[](std::uint32_t node) const { return const_cast<Nodes&>(*this)[node]; }
    /// One behind the last that was ever made.
    [[nodiscard]] std::uint32_t end() const { return end_; }
    [[nodiscard]] std::size_t memory_bytes() const
    {
        return pieces_.size() * piece * sizeof(T) + free_.capacity() * sizeof(std::uint32_t);
    }

  private:
    static constexpr std::uint32_t piece = 4096;

    std::vector<std::unique_ptr<T[]>> pieces_;
    std::vector<std::uint32_t> free_;
    std::uint32_t end_ = 0;
};

} // namespace iochron::db
