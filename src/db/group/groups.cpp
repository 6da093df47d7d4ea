#include "db/group/groups.h"

#include "pv/convert.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db::group {
namespace {

using pv::Outcome;
using pv::Status;

const Status no_channel{Outcome::no_such_channel, "the channel is closed"};

/// As whom the Database is asked for values.
const pv::Peer& nobody()
{
    static const pv::Peer peer;
    return peer;
}

base::Handle handle_of(auto id)
{
    return base::Handle::from_bits(static_cast<std::uint64_t>(id));
}

/// Whether the name matches the pattern, where * stands for any text and ? for any byte.
bool matches(std::string_view name, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t star = std::string_view::npos; // the last * passed, and up to where it reaches
    std::size_t reach = 0;
    for (std::size_t i = 0; i < name.size();) {
        if (at < pattern.size() && (pattern[at] == name[i] || pattern[at] == '?') && pattern[at] != '*') {
            ++at;
            ++i;
        } else if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            reach = i;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            i = ++reach;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

/// What a put means for the mapping's field; null: nothing. A variant's value for what holds one.
const pv::Value* written(const pv::Structure& put, const Mapping& mapping)
{
    const pv::Value* const value = marked(put, mapping.value_way);
    const pv::Any* const any = value == nullptr ? nullptr : value->any();
    return any == nullptr ? value : any->value.empty() ? nullptr : &any->value;
}

} // namespace

Groups::~Groups()
{
    for (const auto& [name, group] : groups_) {
        for (const Member& member : group->members) {
            if (member.channel != pv::ChannelId{}) {
                database_.close(member.channel);
            }
        }
    }
}

std::vector<std::string> Groups::names() const
{
    std::vector<std::string> all;
    all.reserve(groups_.size());
    for (const auto& [name, group] : groups_) {
        all.push_back(name);
    }
    return all;
}

std::string Groups::text(int level, std::string_view pattern) const
{
    std::string text;
    for (const auto& [name, group] : groups_) {
        if (!pattern.empty() && !matches(name, pattern)) {
            continue;
        }
        text += name + '\n';
        if (level > 0) {
            text += fmt::format("  {} fields, {} monitors\n", group->members.size(), group->subscribers.size());
        }
        for (const Member& member : group->members) {
            if (level > 1) {
                text += fmt::format("  {} <{}>{}{}{}{}\n", member.mapping.name.empty() ? "/" : member.mapping.name,
                                    to_string(member.mapping.kind), member.channel_name.empty() ? "" : " ",
                                    member.channel_name, member.mapping.writable ? ", can be put" : "",
                                    member.targets.empty() ? "" : ", triggers");
            }
        }
    }
    return text;
}

Groups::Group* Groups::find(pv::ChannelId channel)
{
    const Channel* const found = channels_.find(handle_of(channel));
    return found == nullptr ? nullptr : found->group;
}

Groups::Group* Groups::find(std::string_view name)
{
    const auto found = groups_.find(name);
    return found == groups_.end() ? nullptr : found->second.get();
}

void Groups::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        found[i] = find(names[i]) == nullptr ? pv::Presence::absent : pv::Presence::here;
    }
}

void Groups::open(std::span<const pv::OpenRequest> requests, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    std::vector<pv::Opened> answers;
    answers.reserve(requests.size());
    for (const pv::OpenRequest& request : requests) {
        pv::Opened answer;
        answer.token = request.token;
        if (Group* const group = find(request.name)) {
            answer.channel = pv::ChannelId{channels_.insert(group).bits()};
            answer.meta = group->meta;
        } else {
            answer.status = {Outcome::no_such_channel, fmt::format("there is no group '{}'", request.name)};
        }
        answers.push_back(std::move(answer));
    }
    sink.opened(answers);
}

void Groups::close(pv::ChannelId channel)
{
    Group* const group = find(channel);
    if (group == nullptr) {
        return;
    }
    std::vector<pv::SubscriptionId> ends;
    for (const Subscriber& subscriber : group->subscribers) {
        if (subscriber.channel == channel) {
            ends.push_back(subscriber.id);
        }
    }
    for (const pv::SubscriptionId id : ends) {
        unsubscribe(id);
    }
    puts_.each([&](base::Handle, Put& put) { put.sink = put.channel == channel ? nullptr : put.sink; });
    channels_.erase(handle_of(channel));
}

pv::MetaRef Groups::describe(pv::ChannelId channel)
{
    const Group* const group = find(channel);
    return group == nullptr ? nullptr : group->meta;
}

void Groups::refresh(Group& group, Member& member, pv::Parts parts)
{
    if (member.channel == pv::ChannelId{} || member.mapping.kind == Kind::proc) {
        return;
    }
    reading_ = {&group, &member, parts};
    database_.read({.channel = member.channel, .token = {}}, nobody(), *this);
    reading_ = {};
}

void Groups::refresh_all(Group& group)
{
    database_.together([&] {
        for (Member& member : group.members) {
            refresh(group, member, pv::Parts::all);
        }
    });
}

pv::Sample Groups::sample(const Group& group, pv::Value value)
{
    pv::Sample sample;
    sample.value = std::move(value);
    sample.meta = group.meta.get();
    return sample;
}

void Groups::read(const pv::ReadRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    Group* const group = find(request.channel);
    if (group == nullptr) {
        sink.completed(request.token, no_channel, nullptr);
        return;
    }
    refresh_all(*group);
    const pv::Sample now = sample(*group, pv::Value::of(*group->state));
    sink.completed(request.token, {}, &now);
}

void Groups::write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink)
{
    Group* const group = find(request.channel);
    const pv::Structure* const put = request.value.structure();
    Status status;
    if (group == nullptr) {
        status = no_channel;
    } else if (request.kind != pv::WriteKind::value) {
        status = {Outcome::unsupported, "a group has no alarms to acknowledge; its records have"};
    } else if (put == nullptr || !(*put->type() == *group->meta->structure)) {
        status = {Outcome::bad_type, fmt::format("{} takes its own structure", group->name)};
    } else {
        status = this->put(*group, request, peer, sink);
        if (status.ok() && request.wait) {
            return;
        }
    }
    if (request.acknowledge || !status.ok()) {
        sink.completed(request.token, status, nullptr);
    }
}

Status Groups::put(Group& group, const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink)
{
    const pv::Structure& put = *request.value.structure();
    std::vector<WritePart> parts;
    std::vector<const Member*> members;
    std::string ignored;
    for (const Member& member : group.members) {
        const bool processes = member.mapping.kind == Kind::proc;
        const pv::Value* const value = processes ? nullptr : written(put, member.mapping);
        if (value != nullptr && !member.mapping.writable) {
            ignored.append(ignored.empty() ? "" : ", ").append(member.mapping.name);
        } else if (processes || value != nullptr) {
            const bool spells = value != nullptr && member.mapping.characters && value->is_text();
            parts.push_back({member.channel, processes ? pv::Value{}
                                             : spells  ? pv::characters_of_text(value->text())
                                                       : *value});
            members.push_back(&member);
        }
    }
    if (parts.empty() && put.marked().any()) {
        return {Outcome::put_failed,
                fmt::format("no field of {} that was put can be written: give it a +putorder", group.name)};
    }
    if (!ignored.empty()) {
        log_.warning("group.put", "{}: a put to {} is not followed, which has no +putorder", group.name, ignored);
    }
    const base::Handle handle = puts_.insert(Put{request.channel, request.token, &sink});
    const auto done =
        database_.write_all(parts, request.processing, request.wait, pv::Token{handle.bits()}, peer, *this);
    Put& mine = *puts_.find(handle);
    if (!done || !request.wait) {
        puts_.erase(handle);
        return done ? Status{}
                    : Status{done.error().status.outcome,
                             fmt::format("{}: {}", members[done.error().part]->mapping.name, done.error().status.text)};
    }
    mine.left += static_cast<std::ptrdiff_t>(*done);
    mine.begun = true;
    finish(handle);
    return {};
}

/// Tells the end of a put for which nothing is left to wait.
void Groups::finish(base::Handle handle)
{
    Put* const put = puts_.find(handle);
    if (put == nullptr || !put->begun || put->left > 0) {
        return;
    }
    const Put done = *put;
    puts_.erase(handle);
    if (done.sink != nullptr) {
        tell_all(); // what the put has caused comes before its end
        touch(*done.sink);
        done.sink->completed(done.token, {}, nullptr);
    }
}

void Groups::cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink)
{
    puts_.each([&](base::Handle, Put& put) {
        if (put.channel == channel && put.token == operation && put.sink == &sink) {
            put.sink = nullptr;
        }
    });
}

void Groups::opened(std::span<const pv::Opened> answers)
{
    answers_.assign(answers.begin(), answers.end());
}

void Groups::completed(pv::Token operation, const Status& status, const pv::Sample* sample)
{
    if (reading_.member != nullptr) {
        if (status.ok() && sample != nullptr) {
            take(*reading_.group->state, reading_.member->mapping, *sample, *sample->meta, reading_.parts);
        }
        return;
    }
    const base::Handle handle = handle_of(operation);
    if (Put* const put = puts_.find(handle)) {
        --put->left;
        finish(handle);
    }
}

} // namespace iochron::db::group
