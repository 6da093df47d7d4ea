#pragma once

#include "client/network_source.h"
#include "pv/quiet_sink.h"
#include "reactor/shard.h"
#include "reactor/timer.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace iochron::client {

/// Answers whether the network has a name, for servers that offer the network to others (a gateway). A name that was
/// never asked for is searched from then on, and its channel kept open as long as somebody asks; `unknown` means "ask
/// again", which those who search do by themselves.
/// Thread: shard
class Finder final : private pv::QuietSink {
  public:
    /// Names beyond these are unknown until others have been forgotten: anybody can search for anything.
    static constexpr std::size_t most_names = 100'000;
    static constexpr base::Duration forgotten_after = std::chrono::minutes(2);

    /// The network outlives it, and closes what is open.
    Finder(NetworkSource& network, reactor::Shard& shard) : network_(network), shard_(shard), timer_(shard) {}

    /// As pv::Source::find().
    void find(std::span<const std::string_view> names, std::span<pv::Presence> found);
    [[nodiscard]] std::size_t size() const { return names_.size(); }

  private:
    struct Name {
        pv::ChannelId channel{};
        bool here = false;
        base::Steady asked{};
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    [[nodiscard]] pv::Presence find(std::string_view name);
    void forget();

    void opened(std::span<const pv::Opened> answers) override;
    void closed(pv::Token channel, const pv::Status& why) override;

    NetworkSource& network_;
    reactor::Shard& shard_;
    reactor::Timer timer_;
    std::unordered_map<std::string, Name, Hash, std::equal_to<>> names_; ///< a channel's token is its Name's address
};

} // namespace iochron::client
