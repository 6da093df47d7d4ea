#pragma once

#include "pv/source.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace iochron::server {

/// PVs that a test holds in its hand: it posts, refuses, and answers late as it likes. Channels of one name are
/// numbered apart, so that a test sees how many were opened.
/// Thread: shard
class FakeSource final : public pv::Source {
  public:
    struct Item {
        std::shared_ptr<pv::Meta> meta = std::make_shared<pv::Meta>();
        pv::Sample sample;
        pv::Rights rights;
        pv::Status write_status;
    };
    struct Channel {
        std::string name;
        pv::Token token{};
        pv::Sink* sink = nullptr;
    };
    struct Subscription {
        pv::ChannelId channel{};
        pv::SubscribeRequest request;
        pv::Sink* sink = nullptr;
    };

    Item& add(const std::string& name, pv::Value value, pv::ScalarType type = pv::ScalarType::float64)
    {
        Item& item = items[name];
        item.meta->type = type;
        item.meta->is_array = value.is_array();
        item.meta->max_count = value.is_array() ? static_cast<std::uint32_t>(value.count()) : 1;
        item.sample.value = std::move(value);
        item.sample.time = {1'700'000'000'000'000'000};
        item.sample.meta = item.meta.get();
        return item;
    }

    /// Posts to all whose mask has a bit of `mask`, as one batch a sink.
    void post(const std::string& name, pv::Value value, pv::Mask mask = pv::Mask::value)
    {
        Item& item = items.at(name);
        item.sample.value = std::move(value);
        std::map<pv::Sink*, std::vector<pv::Update>> batches;
        for (const auto& [id, subscription] : subscriptions) {
            const Channel& channel = channels.at(subscription.channel);
            if (channel.name == name && any(subscription.request.mask & mask)) {
                batches[subscription.sink].push_back({subscription.request.token, item.sample});
                batches[subscription.sink].back().sample.mask = mask;
            }
        }
        for (const auto& [sink, batch] : batches) {
            made += sink->updates(batch);
        }
    }
    void set_rights(const std::string& name, pv::Rights rights)
    {
        items.at(name).rights = rights;
        each_channel(name, [&](const Channel& channel) { channel.sink->rights_changed(channel.token, rights); });
    }
    void take_away(const std::string& name)
    {
        each_channel(name,
                     [](const Channel& channel) { channel.sink->closed(channel.token, {pv::Outcome::disconnected}); });
    }
    /// Runs what was held back, oldest first.
    void answer_held()
    {
        for (const auto& answer : std::exchange(held, {})) {
            answer.second();
        }
    }
    void settle_all()
    {
        std::set<pv::Sink*> sinks; // told may close channels
        for (const auto& [id, channel] : channels) {
            sinks.insert(channel.sink);
        }
        for (pv::Sink* const sink : sinks) {
            sink->settled();
        }
    }

    // pv::Source
    void find(std::span<const std::string_view> names, std::span<pv::Presence> found) override
    {
        for (std::size_t i = 0; i < names.size(); ++i) {
            found[i] = items.contains(std::string(names[i])) ? pv::Presence::here : pv::Presence::absent;
        }
    }
    [[nodiscard]] bool judges_peers() const override { return judges; }
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink) override
    {
        ++open_calls;
        opened_by.push_back(peer.account);
        std::vector<pv::Opened> answers;
        for (const pv::OpenRequest& request : requests) {
            const auto item = items.find(std::string(request.name));
            pv::Opened answer{.token = request.token, .status = {}, .channel = {}, .meta = nullptr, .rights = {}};
            if (item == items.end()) {
                answer.status = {pv::Outcome::no_such_channel};
            } else {
                answer.channel = pv::ChannelId{++last_id};
                answer.meta = item->second.meta;
                answer.rights = item->second.rights;
                channels[answer.channel] = {item->first, request.token, &sink};
            }
            answers.push_back(std::move(answer));
        }
        later(hold_opens, {}, [answers = std::move(answers), &sink] { sink.opened(answers); });
    }
    void close(pv::ChannelId channel) override
    {
        channels.erase(channel);
        std::erase_if(subscriptions, [&](const auto& entry) { return entry.second.channel == channel; });
    }
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId channel) override
    {
        return items.at(channels.at(channel).name).meta;
    }
    void read(const pv::ReadRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink) override
    {
        ++reads;
        later(hold_reads, request.token, [this, request, &sink] {
            if (!channels.contains(request.channel)) {
                return;
            }
            sink.completed(request.token, {}, &items.at(channels.at(request.channel).name).sample);
        });
    }
    void write(const pv::WriteRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink) override
    {
        const std::string name = channels.at(request.channel).name;
        written.emplace_back(name, request.value);
        kinds.push_back(request.kind);
        if (items.at(name).write_status.ok() && !request.value.empty()) {
            post(name, request.value, pv::Mask::value | pv::Mask::log);
        }
        later(hold_writes && request.wait, request.token, [this, name, token = request.token, &sink] {
            sink.completed(token, items.at(name).write_status, nullptr);
        });
        sink.settled();
    }
    void cancel(pv::ChannelId /*channel*/, pv::Token operation, pv::Sink& /*sink*/) override
    {
        ++cancelled;
        std::erase_if(held, [&](const auto& entry) { return entry.first == operation; });
    }
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override
    {
        const pv::SubscriptionId id{++last_id};
        subscriptions[id] = {request.channel, request, &sink};
        later(hold_first_values, request.token, [this, id, &sink] {
            if (subscriptions.contains(id)) {
                const Subscription& it = subscriptions.at(id);
                const pv::Update first{it.request.token, items.at(channels.at(it.channel).name).sample};
                sink.updates({&first, 1});
            }
        });
        return id;
    }
    void unsubscribe(pv::SubscriptionId subscription) override { subscriptions.erase(subscription); }

    std::map<std::string, Item> items;
    std::map<pv::ChannelId, Channel> channels;
    std::map<pv::SubscriptionId, Subscription> subscriptions;
    std::vector<std::pair<pv::Token, std::function<void()>>> held;
    std::vector<std::pair<std::string, pv::Value>> written;
    std::vector<pv::WriteKind> kinds;   ///< of those
    std::vector<std::string> opened_by; ///< the account of each open
    bool hold_opens = false;
    bool hold_reads = false;
    bool hold_writes = false; ///< those that wait for completion
    bool hold_first_values = false;
    bool judges = false;
    int open_calls = 0;
    int reads = 0;
    int cancelled = 0;
    std::size_t made = 0; ///< updates, as the sinks told

  private:
    void later(bool hold, pv::Token token, std::function<void()> answer)
    {
        if (hold) {
            held.emplace_back(token, std::move(answer));
        } else {
            answer();
        }
    }
    template <class F>
    void each_channel(const std::string& name, F&& f)
    {
        const auto present = channels;
        for (const auto& [id, channel] : present) {
            if (channel.name == name) {
                f(channel);
            }
        }
    }

    std::uint64_t last_id = 0;
};

} // namespace iochron::server
