#pragma once

#include "pv/source.h"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace iochron::client {

/// Updates on their way to their sinks, in batches of one sink each, in the order in which they came.
/// Thread: shard
class UpdateBatch {
  public:
    // hot: no allocation.
    /// The place for the next update of this subscription, to be filled at once: value, alarm and time in it are an
    /// older one's.
    pv::Sample& add(pv::Sink& sink, pv::Token token, const pv::Meta* meta, pv::Mask mask)
    {
        if (&sink != sink_ || size_ == updates_.size()) {
            flush();
            sink_ = &sink;
        }
        pv::Update& update = updates_[size_++];
        update.token = token;
        update.sample.meta = meta;
        update.sample.mask = mask;
        update.sample.overrun = false;
        return update.sample;
    }
    /// What was added last owns or borrows something, which shall not stay here.
    void holds_more() { holds_more_ = true; }

    void flush()
    {
        if (size_ == 0) {
            return;
        }
        const std::span<pv::Update> batch(updates_.data(), std::exchange(size_, 0));
        sink_->updates(batch);
        if (std::exchange(holds_more_, false)) {
            for (pv::Update& update : batch) {
                update.sample = {};
            }
        }
    }

  private:
    pv::Sink* sink_ = nullptr;
    std::size_t size_ = 0;
    bool holds_more_ = false;
    std::array<pv::Update, 256> updates_{};
};

} // namespace iochron::client
