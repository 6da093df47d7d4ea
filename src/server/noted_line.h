#pragma once

#include "server/session.h"

#include <string>
#include <string_view>

namespace iochron::server {

/// The stream below a session of a test: notes what was asked of it.
/// Thread: shard
class NotedLine final : public Line {
  public:
    struct Notes {
        int touched = 0;
        int flushed = 0;
        std::string closed; ///< why
    };
    /// The notes outlive it.
    explicit NotedLine(Notes& notes) : notes_(notes) {}
    void touch() override { ++notes_.touched; }
    void flush() override { ++notes_.flushed; }
    void close(std::string_view why) override { notes_.closed = why; }

  private:
    Notes& notes_;
};

} // namespace iochron::server
