#pragma once

#include "pv/source.h"

namespace iochron::client {

/// The network as one protocol offers it.
/// Thread: shard
class NetworkSource : public pv::Source {
  public:
    /// Opens one channel whose id is known at once: it can be closed before it is found, and subscribed to. A name that
    /// cannot be one is answered with `opened`, and gives an id that means nothing.
    virtual pv::ChannelId open_channel(const pv::OpenRequest& request, pv::Sink& sink) = 0;
};

} // namespace iochron::client
