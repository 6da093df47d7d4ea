#pragma once

#include "pv/source.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace iochron::client {

/// Subscriptions of one Monitor, by their sinks.
using Told = std::vector<std::pair<pv::Sink*, pv::Token>>;

/// Tells each that nothing more comes; gives whether any has taken notice. They may unsubscribe meanwhile.
[[nodiscard]] inline bool tell_ended(const Told& told, const pv::Status& why)
{
    bool heard = false;
    for (const auto& [sink, token] : told) {
        heard = sink->ended(token, why) || heard;
    }
    return heard;
}

/// The sinks that have channels open: who is to be told that a piece of work is settled.
/// Thread: shard
class Sinks {
  public:
    void use(pv::Sink& sink)
    {
        const auto known = std::ranges::find(uses_, &sink, &Use::sink);
        if (known != uses_.end()) {
            ++known->channels;
        } else {
            uses_.push_back({&sink, 1});
        }
    }
    void stop_using(pv::Sink& sink)
    {
        const auto known = std::ranges::find(uses_, &sink, &Use::sink);
        if (--known->channels == 0) {
            uses_.erase(known);
        }
    }
    /// A sink may open and close channels meanwhile.
    void settle()
    {
        for (std::size_t i = 0; i < uses_.size(); ++i) {
            uses_[i].sink->settled();
        }
    }
    /// Nobody is told any more.
    void clear() { uses_.clear(); }

  private:
    struct Use {
        pv::Sink* sink;
        std::size_t channels;
    };
    std::vector<Use> uses_;
};

} // namespace iochron::client
