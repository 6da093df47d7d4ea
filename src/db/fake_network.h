#pragma once

#include "pv/convert.h"
#include "pv/source.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace iochron::db {

[[nodiscard]] inline pv::Meta meta_of(pv::ScalarType type, bool is_array = false)
{
    pv::Meta meta;
    meta.type = type;
    meta.is_array = is_array;
    meta.max_count = is_array ? 8 : 1;
    return meta;
}

[[nodiscard]] inline pv::Meta choices_of(std::initializer_list<std::string> choices)
{
    pv::Meta meta = meta_of(pv::ScalarType::enumeration);
    meta.choices = choices;
    return meta;
}

/// PVs that come, change and go as a test says; it answers an open when the name is there, as a network does.
/// Thread: shard
class FakeNetwork final : public pv::Source {
  public:
    struct Write {
        std::string name;
        pv::Value value;
        bool wait;
        pv::Token token;
    };

    /// From now on there is such a PV: those who opened it are told.
    void appear(const std::string& name, const pv::Meta& meta, pv::Rights rights = {})
    {
        present_[name] = {std::make_shared<pv::Meta>(meta), rights};
        for (auto& [id, channel] : channels_) {
            if (channel.name == name) {
                answer(id, channel);
            }
        }
        settle();
    }
    void appear(const std::string& name, double value)
    {
        appear(name, meta_of(pv::ScalarType::float64));
        post(name, pv::Value::of(value));
    }
    void post(const std::string& name, const pv::Value& value, pv::Alarm alarm = {}, base::Stamp time = {1})
    {
        tell(name, value, alarm, time);
        settle();
    }
    void lose(const std::string& name)
    {
        present_.erase(name);
        for (const Write& write : std::exchange(under_way_, {})) {
            if (write.name == name) {
                sink_->completed(write.token, {pv::Outcome::disconnected, "lost"}, nullptr);
            } else {
                under_way_.push_back(write);
            }
        }
        for (const auto& [id, channel] : channels_) {
            if (channel.name == name) {
                channel.sink->closed(channel.token, {pv::Outcome::disconnected, "lost"});
            }
        }
        settle();
    }
    void allow(const std::string& name, pv::Rights rights)
    {
        for (const auto& [id, channel] : channels_) {
            if (channel.name == name) {
                channel.sink->rights_changed(channel.token, rights);
            }
        }
        settle();
    }
    void describe(const std::string& name, const pv::Meta& meta)
    {
        present_[name].meta = std::make_shared<pv::Meta>(meta);
        for (const auto& [id, channel] : channels_) {
            if (channel.name == name) {
                channel.sink->meta_changed(channel.token, present_[name].meta);
            }
        }
    }
    /// Ends all writes under way.
    void finish(const pv::Status& status = {})
    {
        for (const Write& write : std::exchange(under_way_, {})) {
            sink_->completed(write.token, status, nullptr);
        }
        settle();
    }
    /// Several updates before the sinks may act on them.
    void post_together(const std::string& name, std::initializer_list<double> values)
    {
        for (const double value : values) {
            tell(name, pv::Value::of(value), {}, {1});
        }
        settle();
    }

    [[nodiscard]] std::size_t channels() const { return channels_.size(); }
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_.size(); }
    /// The values written since the last call, as "NAME=VALUE" ("NAME=VALUE wait").
    std::vector<std::string> written()
    {
        std::vector<std::string> all;
        for (const Write& write : std::exchange(writes_, {})) {
            const auto text = pv::convert(write.value, pv::ScalarType::string, nullptr);
            all.push_back(write.name + "=" + (text ? std::string(text->text()) : "?") + (write.wait ? " wait" : ""));
        }
        return all;
    }

    // pv::Source
    void find(std::span<const std::string_view>, std::span<pv::Presence>) override {}
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer&, pv::Sink& sink) override
    {
        sink_ = &sink;
        for (const pv::OpenRequest& request : requests) {
            channels_[++last_] = {std::string(request.name), request.token, &sink};
            answer(last_, channels_[last_]);
        }
    }
    void close(pv::ChannelId id) override
    {
        EXPECT_EQ(channels_.erase(static_cast<std::uint64_t>(id)), 1u);
        std::erase_if(subscriptions_, [&](const auto& each) { return each.second.channel == id; });
    }
    void give_up(const pv::OpenRequest& request, pv::Sink&) override
    {
        EXPECT_EQ(std::erase_if(channels_,
                                [&](const auto& each) {
                                    return each.second.token == request.token && each.second.name == request.name;
                                }),
                  1u);
    }
    std::string server_name(pv::ChannelId) override { return "there:5064"; }
    pv::MetaRef describe(pv::ChannelId id) override { return present_[name_of(id)].meta; }
    void read(const pv::ReadRequest&, const pv::Peer&, pv::Sink&) override { ADD_FAILURE() << "links subscribe"; }
    void write(const pv::WriteRequest& request, const pv::Peer&, pv::Sink& sink) override
    {
        sink_ = &sink;
        writes_.push_back({name_of(request.channel), request.value, request.wait, request.token});
        under_way_.push_back(writes_.back());
    }
    void cancel(pv::ChannelId, pv::Token, pv::Sink&) override {}
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink&) override
    {
        subscriptions_[++last_] = request;
        return pv::SubscriptionId{last_};
    }
    void unsubscribe(pv::SubscriptionId id) override { subscriptions_.erase(static_cast<std::uint64_t>(id)); }

  private:
    struct Channel {
        std::string name;
        pv::Token token{};
        pv::Sink* sink = nullptr;
    };
    struct Present {
        pv::MetaRef meta;
        pv::Rights rights;
    };

    std::string name_of(pv::ChannelId id) { return channels_.at(static_cast<std::uint64_t>(id)).name; }
    void answer(std::uint64_t id, const Channel& channel)
    {
        const auto found = present_.find(channel.name);
        if (found != present_.end()) {
            const pv::Opened opened{channel.token, {}, pv::ChannelId{id}, found->second.meta, found->second.rights};
            channel.sink->opened({&opened, 1});
        }
    }
    void tell(const std::string& name, const pv::Value& value, pv::Alarm alarm, base::Stamp time)
    {
        for (const auto& [id, request] : subscriptions_) {
            if (name_of(request.channel) == name && any(request.mask & pv::Mask::value)) {
                pv::Update update{.token = request.token, .sample = {}};
                update.sample.value = value;
                update.sample.alarm = alarm;
                update.sample.time = time;
                sink_->updates({&update, 1});
            }
        }
    }
    void settle()
    {
        if (sink_ != nullptr) {
            sink_->settled();
        }
    }

    std::map<std::string, Present> present_;
    std::map<std::uint64_t, Channel> channels_;
    std::map<std::uint64_t, pv::SubscribeRequest> subscriptions_;
    std::vector<Write> writes_;
    std::vector<Write> under_way_;
    std::uint64_t last_ = 0;
    pv::Sink* sink_ = nullptr;
};

} // namespace iochron::db
