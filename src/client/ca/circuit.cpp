#include "client/ca/circuit.h"

#include "wire/ca/error.h"
#include "wire/ca/message.h"
#include "wire/ca/name.h"
#include "wire/ca/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::ca {

using wire::ca::Command;
using wire::ca::Frame;

struct Circuit::Route {
    Command command;
    void (Circuit::*take)(const Header&, Payload);
};

Circuit::Circuit(const CircuitSettings& settings, Monitors& monitors, UpdateBatch& batch, CircuitUser& user,
                 base::BlockPool& pool, base::Steady now)
    : settings_(settings), monitors_(monitors), batch_(batch), user_(user), output_(pool),
      minor_(wire::ca::minor_version), deadline_(now + settings.connection_timeout)
{
    encode(output_, wire::ca::Version{.priority = settings_.priority});
    encode(output_, wire::ca::ClientName{settings_.account});
    encode(output_, wire::ca::HostName{settings_.host});
}

void Circuit::received(std::span<const std::byte> bytes, base::Steady now)
{
    heard(now);
    while (!bytes.empty() && !finished_) {
        if (skip_ > 0) {
            const auto skipped = std::min<std::uint64_t>(skip_, bytes.size());
            bytes = bytes.subspan(skipped);
            skip_ -= skipped;
        } else if (!partial_.empty()) {
            finish_partial(bytes);
        } else {
            bytes = bytes.subspan(take(bytes));
            if (skip_ == 0 && !finished_) {
                partial_.assign(bytes.begin(), bytes.end());
                bytes = {};
            }
        }
    }
    batch_.flush();
    user_.settled();
}

// Completes the message whose head was kept, without copying what follows it.
void Circuit::finish_partial(std::span<const std::byte>& bytes)
{
    const std::size_t lacking = partial_needs_ - std::min<std::uint64_t>(partial_needs_, partial_.size());
    const std::size_t taken = std::min(lacking, bytes.size());
    partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (partial_.size() < partial_needs_) {
        return;
    }
    const std::size_t used = take(partial_);
    if (used > 0 || skip_ > 0) {
        batch_.flush(); // nothing refers to partial_ any more
        partial_.clear();
    }
}

// Takes all whole messages; gives how many bytes they had. partial_needs_ says how long the next one is.
std::size_t Circuit::take(std::span<const std::byte> bytes)
{
    const wire::ca::FrameLimits limits{.message_bytes = settings_.message_bytes, .may_extend = minor_ >= 9};
    std::size_t at = 0;
    while (!finished_) {
        at += take_scalars(bytes.subspan(at));
        const Frame frame = next_message(bytes.subspan(at), limits);
        partial_needs_ = frame.total_bytes;
        switch (frame.kind) {
        case Frame::Kind::message:
            take_message(frame.header, frame.payload);
            at += frame.total_bytes;
            break;
        case Frame::Kind::incomplete:
            return at;
        case Frame::Kind::too_large:
            take_too_large(frame.header);
            skip_ = frame.total_bytes - std::min<std::uint64_t>(frame.total_bytes, bytes.size() - at);
            at += std::min<std::uint64_t>(frame.total_bytes, bytes.size() - at);
            if (skip_ > 0) {
                return at;
            }
            break;
        case Frame::Kind::fault:
            fail(frame.why);
            return at;
        }
    }
    return at;
}

// The payload is skipped and the stream goes on; a read learns of it.
void Circuit::take_too_large(const Header& header)
{
    batch_.flush();
    user_.complaint(fmt::format("a message with {} bytes exceeds the limit of {} bytes and was skipped", header.size,
                                settings_.message_bytes));
    if (header.command == Command::read_notify) {
        user_.read(
            {.ioid = wire::ca::Ioid{header.p2}, .status = wire::ca::Eca::tolarge, .type = {}, .count = 0, .data = {}});
    }
}

void Circuit::take_message(const Header& header, Payload payload)
{
    if (header.command == Command::event_add) { // keeps the batch together
        take_update(header, payload);
        return;
    }
    static constexpr Route routes[] = {
        {Command::read_notify, &Circuit::take_read},     {Command::write_notify, &Circuit::take_written},
        {Command::access_rights, &Circuit::take_rights}, {Command::create_channel, &Circuit::take_created},
        {Command::create_failed, &Circuit::take_lost},   {Command::server_disconnect, &Circuit::take_lost},
        {Command::clear_channel, &Circuit::ignore},      {Command::echo, &Circuit::take_echo},
        {Command::read_sync, &Circuit::take_echo},       {Command::error, &Circuit::take_error},
        {Command::version, &Circuit::take_version},      {Command::search, &Circuit::take_search_reply},
        {Command::not_found, &Circuit::ignore},
    };
    const auto* route =
        std::find_if(std::begin(routes), std::end(routes), [&](const Route& r) { return r.command == header.command; });
    batch_.flush();
    if (route == std::end(routes)) {
        fail(fmt::format("the server sent command {}", static_cast<int>(header.command)));
        return;
    }
    (this->*route->take)(header, payload);
}

void Circuit::ignore(const Header& /*header*/, Payload /*payload*/) {}

void Circuit::take_version(const Header& header, Payload /*payload*/)
{
    minor_ = std::min(wire::ca::decode_version(header).minor, wire::ca::minor_version);
    has_version_ = true;
}

// As libca does: the request that failed is found by its own command and its p2.
void Circuit::take_error(const Header& header, Payload payload)
{
    const auto error = wire::ca::decode_error(header, payload);
    if (!error) {
        fail(error.error().what);
        return;
    }
    const std::uint32_t id = error->request.p2;
    switch (error->request.command) {
    case Command::read_notify:
        user_.read({.ioid = wire::ca::Ioid{id}, .status = error->status, .type = {}, .count = 0, .data = {}});
        return;
    case Command::write:
    case Command::write_notify:
        user_.written(wire::ca::Ioid{id}, error->status);
        return;
    case Command::event_add:
        user_.monitor_failed(wire::ca::SubId{id}, error->status);
        return;
    default:
        user_.complaint(fmt::format("{} of {} failed: {}", to_string(error->request.command), error->text,
                                    wire::ca::text(error->status)));
    }
}

// The peer broke the protocol: nothing that follows in the stream can be trusted.
void Circuit::fail(std::string_view what)
{
    user_.complaint(what);
    output_.clear();
    finished_ = true;
}

void Circuit::ended(base::Steady /*now*/)
{
    finished_ = true;
}

void Circuit::closed(std::string_view why, base::Steady /*now*/)
{
    user_.gone(why);
}

base::Output& Circuit::output()
{
    if (owes_echo_) {
        send_echo();
    }
    return output_;
}

} // namespace iochron::client::ca
