// Requests that concern the circuit as a whole.
#include "server/ca/circuit.h"
#include "wire/ca/echo.h"
#include "wire/ca/message.h"
#include "wire/ca/name.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <array>

namespace iochron::server::ca {
namespace {

using wire::ca::Eca;

constexpr std::uint16_t minor_least = 4; ///< from here on a channel is created by name; rsrv serves none below

} // namespace

/// May come again: libca puts one before each batch of searches, with other meanings in its fields.
void Circuit::version(const Message& message)
{
    const wire::ca::Version version = decode_version(message.header);
    if (version.minor < minor_least || (!versioned_ && version.priority > wire::ca::priority_max)) {
        service_.counts().malformed.add();
        finish();
        return;
    }
    if (!versioned_) {
        priority_ = version.priority;
    }
    versioned_ = true;
    minor_ = version.minor;
}

void Circuit::client_name(const Message& message)
{
    const auto name = wire::ca::decode_client_name(message.payload, service_.around().limits.account_bytes);
    if (!name || channels() > 0) {
        malformed(message, Eca::internal, name ? "it came after the first channel" : name.error().what);
        return;
    }
    peer_.account = name->name;
}

void Circuit::host_name(const Message& message)
{
    const auto name = wire::ca::decode_host_name(message.payload, service_.around().limits.account_bytes);
    if (!name || channels() > 0) {
        malformed(message, Eca::internal, name ? "it came after the first channel" : name.error().what);
        return;
    }
    peer_.host = name->name;
}

void Circuit::events_off(const Message& /*message*/)
{
    service_.follow(lane_, backlog_, [&] { backlog_.pause(); });
}

void Circuit::events_on(const Message& /*message*/)
{
    service_.follow(lane_, backlog_, [&] { backlog_.resume(); });
}

void Circuit::echo(const Message& message)
{
    encode(output(), wire::ca::decode_echo(message.header, message.payload));
}

void Circuit::read_sync(const Message& message)
{
    encode(output(), wire::ca::decode_read_sync(message.header));
}

/// A search over TCP, from a client that has us as its name server. The channel is then created on this same circuit.
void Circuit::search(const Message& message)
{
    const auto search = wire::ca::decode_search(message.header, message.payload);
    if (!search) {
        malformed(message, Eca::internal, search.error().what);
        return;
    }
    if (search->minor < minor_least) {
        service_.counts().malformed.add();
        finish();
        return;
    }
    const std::array<std::string_view, 1> names{search->name};
    std::array<bool, 1> found{};
    if (!search->name.empty()) {
        service_.find(names, found);
    }
    service_.search_counts().searches.add();
    service_.search_counts().found.add(found[0] ? 1 : 0);
    if (found[0]) {
        encode(output(), wire::ca::SearchReply{.port = service_.port(), .id = search->id, .minor = {}});
    } else if (search->reply_not_found) { // libca never asks for it, and drops the circuit that says it unasked
        encode(output(), wire::ca::NotFound{.minor = search->minor, .id = search->id});
    }
}

} // namespace iochron::server::ca
