#pragma once

#include "perf/fault.h"
#include "pv/source.h"

#include <optional>
#include <set>
#include <vector>

namespace iochron::perf {

/// A Source as it is, but for the Fault planted in its updates. For one sink, which must live as long.
/// Thread: shard
class FaultySource final : public pv::Source, private pv::Sink {
  public:
    FaultySource(pv::Source& inner, Fault fault) : inner_(inner), planter_(fault) {}

    /// Subscriptions of which updates have come from the Source within.
    [[nodiscard]] std::size_t heard() const { return heard_.size(); }
    /// Updates that have come from it.
    [[nodiscard]] std::uint64_t received() const { return received_; }

    void find(std::span<const std::string_view> names, std::span<pv::Presence> found) override;
    [[nodiscard]] bool judges_peers() const override { return inner_.judges_peers(); }
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink) override;
    void close(pv::ChannelId channel) override { inner_.close(channel); }
    void give_up(const pv::OpenRequest& request, pv::Sink&) override { inner_.give_up(request, *this); }
    [[nodiscard]] std::string server_name(pv::ChannelId channel) override { return inner_.server_name(channel); }
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId channel) override { return inner_.describe(channel); }
    void read(const pv::ReadRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink) override;
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override;
    void unsubscribe(pv::SubscriptionId subscription) override { inner_.unsubscribe(subscription); }

  private:
    void opened(std::span<const pv::Opened> answers) override { outer_->opened(answers); }
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token channel, pv::Rights rights) override { outer_->rights_changed(channel, rights); }
    void meta_changed(pv::Token channel, const pv::MetaRef& meta) override { outer_->meta_changed(channel, meta); }
    void closed(pv::Token channel, const pv::Status& why) override { outer_->closed(channel, why); }
    void settled() override { outer_->settled(); }

    void pass_on(const pv::Update& update);

    pv::Source& inner_;
    pv::Sink* outer_ = nullptr;
    Planter planter_;
    std::set<pv::Token> heard_;
    std::uint64_t received_ = 0;
    std::vector<pv::Update> out_;
    std::optional<pv::Update> held_;
};

} // namespace iochron::perf
