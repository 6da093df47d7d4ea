#pragma once

#include "db/record_type.h"
#include "pv/value.h"

#include <expected>
#include <memory>
#include <unordered_map>

namespace iochron::db {

/// The value as an array of that shape: converted, a scalar as one element, what is too much cut off. Elements of the
/// right type are shared and not copied.
[[nodiscard]] std::expected<pv::Value, pv::Status> array_of_shape(const pv::Value& value, Shape shape);

/// The values of array fields, each at one address for its record's life. Their elements are immutable buffers, which
/// the samples in queues share: a record takes another buffer for its next value.
/// Thread: shard
class Arrays {
  public:
    [[nodiscard]] pv::Value* make()
    {
        auto fresh = std::make_unique<pv::Value>();
        pv::Value* const value = fresh.get();
        all_.emplace(value, std::move(fresh));
        return value;
    }
    void free(const pv::Value* value) { all_.erase(value); }

  private:
    std::unordered_map<const pv::Value*, std::unique_ptr<pv::Value>> all_;
};

} // namespace iochron::db
