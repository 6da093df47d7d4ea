#pragma once

#include "pv/shared_pv.h"

namespace iochron::pv {

/// The SharedPvs that have one plain value (pv/plain.h), as that value: what Channel Access serves of them. The others
/// are not there. "NAME.VAL" is NAME, unless there is a PV of that name.
///
/// A text is taken for a choice of an enumeration, one element for an array, and the first element of an array for a
/// scalar. An array that becomes longer than it was when its channels were opened closes them, since a channel has its
/// element count for ever: clients find it again with the new one.
/// Thread: shard
class PlainPvs final : public Source {
  public:
    explicit PlainPvs(SharedPvs& all) : all_(all) {}

    void find(std::span<const std::string_view> names, std::span<Presence> found) override;
    void open(std::span<const OpenRequest> requests, const Peer& peer, Sink& sink) override;
    // The rest is for channels, which know what they are.
    void close(ChannelId channel) override { all_.close(channel); }
    [[nodiscard]] MetaRef describe(ChannelId channel) override { return all_.describe(channel); }
    void read(const ReadRequest& request, const Peer& peer, Sink& sink) override { all_.read(request, peer, sink); }
    void write(const WriteRequest& request, const Peer& peer, Sink& sink) override { all_.write(request, peer, sink); }
    void cancel(ChannelId channel, Token operation, Sink& sink) override { all_.cancel(channel, operation, sink); }
    SubscriptionId subscribe(const SubscribeRequest& request, Sink& sink) override
    {
        return all_.subscribe(request, sink);
    }
    void unsubscribe(SubscriptionId subscription) override { all_.unsubscribe(subscription); }

  private:
    std::shared_ptr<SharedPv> look_for(std::string_view name);

    SharedPvs& all_;
};

} // namespace iochron::pv
