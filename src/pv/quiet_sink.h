#pragma once

#include "pv/source.h"

namespace iochron::pv {

/// A Sink that does nothing about what it is told: for those that care for some of it.
/// Thread: shard
class QuietSink : public Sink {
  public:
    void opened(std::span<const Opened> /*answers*/) override {}
    std::size_t updates(std::span<const Update> batch) override { return batch.size(); }
    void completed(Token /*operation*/, const Status& /*status*/, const Sample* /*sample*/) override {}
    void rights_changed(Token /*channel*/, Rights /*rights*/) override {}
    void meta_changed(Token /*channel*/, const MetaRef& /*meta*/) override {}
    void closed(Token /*channel*/, const Status& /*why*/) override {}
    void settled() override {}
};

} // namespace iochron::pv
