#pragma once

#include "base/output.h"
#include "server/fanout.h"
#include "server/pva/frames.h"
#include "wire/pva/encoder.h"
#include "wire/pva/header.h"

#include <vector>

namespace iochron::server::pva {

/// A message that is being written, whose large arrays are not copied: they go to the socket from where they are. The
/// same one is used for message after message, so that most need no allocation.
/// Thread: shard
class Outgoing {
  public:
    wire::pva::Encoder begin(wire::pva::Command command)
    {
        bytes_.clear();
        loans_.clear();
        start_ = begin_message(bytes_, wire::pva::Role::server, byte_order, command);
        return {bytes_, byte_order, &loans_};
    }
    /// The message, good until the next one begins.
    EncodedUpdate end();
    /// The same, appended.
    void end(base::Output& output);
    /// Lets go of the arrays, whose owners may fill them again.
    void forget() { pieces_.clear(); }

  private:
    std::vector<std::byte> bytes_;
    std::vector<wire::pva::Loan> loans_;
    std::vector<SharedPayload> pieces_;
    std::size_t start_ = 0;
};

} // namespace iochron::server::pva
