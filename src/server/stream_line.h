#pragma once

#include "reactor/tcp.h"
#include "server/session.h"

namespace iochron::server {

/// A session's Line over TCP.
/// Thread: shard
class StreamLine final : public Line {
  public:
    explicit StreamLine(reactor::TcpStream& stream) : stream_(stream) {}

    void touch() override { stream_.touch(); }
    void flush() override { stream_.flush_if_large(); }
    void close(std::string_view why) override { stream_.close(why); }

  private:
    reactor::TcpStream& stream_;
};

} // namespace iochron::server
