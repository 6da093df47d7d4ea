#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace iochron::db {

/// What a record needs beyond its hot block and keeps for good: numbers, taken one behind the other, never given back.
/// Thread: shard
class Blocks {
  public:
    /// So many doubles, all 0.
    [[nodiscard]] double* take(std::size_t doubles)
    {
        if (doubles > left_) {
            left_ = doubles > piece ? doubles : piece;
            pieces_.push_back(std::make_unique<double[]>(left_));
            next_ = pieces_.back().get();
            bytes_ += left_ * sizeof(double);
        }
        double* const taken = next_;
        next_ += doubles;
        left_ -= doubles;
        return taken;
    }
    [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }

  private:
    static constexpr std::size_t piece = 8192;

    std::vector<std::unique_ptr<double[]>> pieces_;
    double* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace iochron::db
