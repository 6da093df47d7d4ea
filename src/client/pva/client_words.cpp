// What servers say in words: warnings, messages, and why they refuse or end a subscription.
#include "client/pva/link.h"

#include <fmt/format.h>

namespace iochron::client::pva {
namespace {

base::Level level_of(wire::pva::MessageKind kind)
{
    switch (kind) {
    case wire::pva::MessageKind::info:
        return base::Level::info;
    case wire::pva::MessageKind::warning:
        return base::Level::warning;
    default:
        return base::Level::error;
    }
}

} // namespace

/// A MESSAGE: what it says of a put comes with the put's completion; all others are logged.
void Client::told(const Link& link, std::uint32_t id, wire::pva::MessageKind kind, std::string_view text)
{
    std::string_view name = "no PV of ours";
    const auto of_this = [&](std::uint32_t channel) { return channels_.at(channel).link == &link; };
    if (const auto found = requests_.find(id); found != requests_.end() && of_this(found->second.channel)) {
        if (is_put(found->second.kind) && kind != wire::pva::MessageKind::info) {
            note(found->second, text);
            return;
        }
        name = channels_.at(found->second.channel).name;
    } else if (const Monitor* const monitor = monitors_.find(id); monitor != nullptr && of_this(monitor->channel)) {
        name = channels_.at(monitor->channel).name;
    }
    log_.write(level_of(kind), "pva.client.message " + to_string(link.server_),
               fmt::format("PVA server {}: {}: {}", to_string(link.server_), name, text));
}

void Client::note(Request& request, std::string_view text)
{
    constexpr std::size_t most_bytes = 1000; // a peer must not make us keep more
    if (text.empty() || request.words.size() >= most_bytes) {
        return;
    }
    request.words += request.words.empty() ? "" : "; ";
    request.words += text.substr(0, most_bytes);
}

/// The end of a request with the warnings that came before it. Where a value is what its success gives, they are
/// logged.
pv::Status Client::with_words(const Request& request, pv::Status status)
{
    if (request.words.empty()) {
        return status;
    }
    if (status.ok() && !is_put(request.kind)) {
        log_.warning("pva.client.warning", "{}: {}", channels_.at(request.channel).name, request.words);
        return status;
    }
    status.text += status.text.empty() ? request.words : fmt::format(" ({})", request.words);
    return status;
}

void Client::ended(const Monitor& monitor, const pv::Status& why)
{
    batch_.flush();                                              // what came before
    const std::string name = channels_.at(monitor.channel).name; // a sink may close it
    Told told{{monitor.sink, monitor.token}};
    if (const auto shared = shared_.find(monitor.id); shared != shared_.end()) {
        shared->second.ended = true;
        told.clear();
        for (const std::uint32_t id : shared->second.subscribers) {
            told.emplace_back(subscribers_.get(id).sink, subscribers_.get(id).token);
        }
    }
    if (!tell_ended(told, why)) {
        log_.warning("pva.client.monitor", "{} {}: {}", name,
                     why.ok() ? "is not monitored any more" : "cannot be monitored",
                     why.text.empty() ? to_string(why.outcome) : why.text);
    }
}

} // namespace iochron::client::pva
