#include "client/finder.h"

#include "base/limits.h"

namespace iochron::client {

namespace {

constexpr auto look_every = std::chrono::seconds(10);

} // namespace

void Finder::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        found[i] = find(names[i]);
    }
}

pv::Presence Finder::find(std::string_view text)
{
    if (const auto known = names_.find(text); known != names_.end()) {
        known->second.asked = shard_.now();
        return known->second.here ? pv::Presence::here : pv::Presence::unknown;
    }
    if (names_.size() >= most_names || text.empty() || text.size() > base::Limits{}.name_bytes) {
        return pv::Presence::unknown;
    }
    if (names_.empty()) {
        timer_.at(shard_.now() + look_every, [this] { forget(); });
    }
    Name& name = names_.emplace(text, Name{.channel = {}, .here = false, .asked = shard_.now()}).first->second;
    const pv::ChannelId channel =
        network_.open_channel({text, pv::Token{reinterpret_cast<std::uint64_t>(&name)}}, *this);
    name.channel = channel;
    return name.here ? pv::Presence::here : pv::Presence::unknown; // another has it open already
}

void Finder::forget()
{
    std::erase_if(names_, [&](const auto& entry) {
        const bool old = shard_.now() - entry.second.asked >= forgotten_after;
        if (old) {
            network_.close(entry.second.channel);
        }
        return old;
    });
    if (!names_.empty()) {
        timer_.at(shard_.now() + look_every, [this] { forget(); });
    }
}

void Finder::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        reinterpret_cast<Name*>(static_cast<std::uint64_t>(answer.token))->here = answer.status.ok();
    }
}

void Finder::closed(pv::Token channel, const pv::Status& /*why*/)
{
    reinterpret_cast<Name*>(static_cast<std::uint64_t>(channel))->here = false;
}

} // namespace iochron::client
