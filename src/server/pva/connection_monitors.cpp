// Monitors of a connection: started, stopped, and granted updates.
#include "pv/normative.h"
#include "server/pva/connection.h"
#include "server/pva/pipe.h"

namespace iochron::server::pva {
namespace {

// Bits of a monitor's subcommand.
constexpr std::uint8_t start_or_stop = 0x04;
constexpr std::uint8_t start_bit = 0x40;
constexpr std::uint8_t acknowledge = 0x80;
constexpr std::uint8_t destroy = 0x10;

/// Form::type: an NTScalar number of which everything changing is wanted takes the short way.
std::uint8_t form_type(const pv::Type& type, const pv::BitSet& wanted)
{
    constexpr std::uint64_t changing = 0x3BA;
    const bool number = type.id().starts_with("epics:nt/NTScalar:") && is_number(type.fields()[1].type->scalar());
    return number && (wanted.word(0) & changing) == changing ? as_number : 0;
}

} // namespace

void Connection::monitor(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader)
{
    if ((subcommand & acknowledge) != 0) {
        const std::uint32_t granted = reader.u32();
        if (reader.ok() && request.pipe) {
            request.pipe->grant(granted);
            request.pipe->flow();
        }
    }
    if ((subcommand & start_or_stop) != 0) {
        (subcommand & start_bit) != 0 ? start(id, request) : stop(id, request);
    }
    if ((subcommand & destroy) != 0) {
        end_request(id);
    }
}

/// The first update is the present state, whole.
void Connection::start(std::uint32_t id, Request& request)
{
    if (request.group != none) {
        return;
    }
    const Form form{.type = form_type(*request.type, request.asked->fields),
                    .count = service_.select(request.type, request.asked->fields),
                    .mask = request.asked->mask | pv::Mask::property};
    const LaneIndex lane = request.pipe ? request.pipe->lane() : lane_;
    request.group = service_.subscribe(channels_[request.channel].pv, form, {lane, id});
    ++monitors_;
}

void Connection::flow_pipes()
{
    for (const std::uint32_t id : std::exchange(blocked_pipes_, {})) {
        const auto found = requests_.find(id);
        if (found != requests_.end() && found->second.pipe) {
            found->second.pipe->flow_again();
        }
    }
}

void Connection::stop(std::uint32_t id, Request& request)
{
    if (request.group == none) {
        return;
    }
    const LaneIndex lane = request.pipe ? request.pipe->lane() : lane_;
    service_.unsubscribe(std::exchange(request.group, none), {lane, id});
    backlog_.forget(id);
    if (request.pipe) {
        request.pipe->clear();
    }
    --monitors_;
}

} // namespace iochron::server::pva
