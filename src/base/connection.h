#pragma once

#include "base/output.h"
#include "base/time.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace iochron::base {

/// One side of a conversation over a byte stream, without the socket: bytes and time go in; bytes, and the time it
/// next wants to be woken, come out. A CA circuit and a PVA connection are Connections; the reactor drives them over
/// TCP, tests join two of them in memory under a clock that the test moves.
///
/// The driver calls one of the three inputs, then looks at output(), deadline() and finished(). It writes the output
/// when its own turn says so; after writing it calls sent().
/// Thread: shard
class Connection {
  public:
    virtual ~Connection() = default;

    /// Bytes from the peer, any number of them. All are consumed; what is no whole message yet is kept inside.
    virtual void received(std::span<const std::byte> bytes, Steady now) = 0;
    /// The peer will send no more (half-close). What was received before is finished and answered.
    virtual void ended(Steady now) = 0;
    /// deadline() has been reached.
    virtual void due(Steady now) = 0;
    /// Some output was taken by the kernel.
    virtual void sent(Steady now) { (void)now; }
    /// The stream is gone, `why` in words. The last call; the driver then destroys the connection.
    virtual void closed(std::string_view why, Steady now) = 0;

    /// When due() is wanted, or `never`.
    [[nodiscard]] virtual Steady deadline() const { return never; }
    /// True when the driver shall close the stream as soon as output() has been written.
    [[nodiscard]] virtual bool finished() const = 0;
    /// What is to be written, oldest first.
    [[nodiscard]] virtual Output& output() = 0;
};

} // namespace iochron::base
