#pragma once

#include "base/connection.h"
#include "reactor/tcp.h"

#include <string>
#include <vector>

namespace iochron::reactor {

/// What became of the conversations of a test.
struct Seen {
    std::string received;
    std::vector<std::string> closed; ///< why, one line for each conversation
    int ended = 0;
    int sent = 0;
    int due = 0;
    int destroyed = 0;
};

/// The smallest conversation, for tests: sends back what it receives, and finishes when the peer has ended.
/// Thread: shard
class EchoConnection : public base::Connection {
  public:
    EchoConnection(base::BlockPool& pool, Seen& seen) : output_(pool), seen_(seen) {}
    ~EchoConnection() override { ++seen_.destroyed; }

    void received(std::span<const std::byte> bytes, base::Steady) override
    {
        output_.append(bytes);
        note(bytes);
    }
    void ended(base::Steady) override
    {
        ++seen_.ended;
        finished_ = true;
    }
    void due(base::Steady) override
    {
        ++seen_.due;
        deadline_ = base::never;
    }
    void sent(base::Steady) override { ++seen_.sent; }
    void closed(std::string_view why, base::Steady) override { seen_.closed.emplace_back(why); }
    [[nodiscard]] base::Steady deadline() const override { return deadline_; }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override { return output_; }

    void say(std::string_view text) { output_.append(std::as_bytes(std::span(text))); }
    void finish() { finished_ = true; }
    void set_deadline(base::Steady at) { deadline_ = at; }

  protected:
    void note(std::span<const std::byte> bytes)
    {
        seen_.received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    [[nodiscard]] Seen& seen() { return seen_; }

  private:
    base::Output output_;
    Seen& seen_;
    base::Steady deadline_ = base::never;
    bool finished_ = false;
};

/// Only notes what it receives; what it says and when it finishes is up to the test.
/// Thread: shard
class ListeningConnection : public EchoConnection {
  public:
    using EchoConnection::EchoConnection;
    void received(std::span<const std::byte> bytes, base::Steady) override { note(bytes); }
};

} // namespace iochron::reactor
