// What a bare channel is asked: puts of structures, put-gets, calls, processing, types.
#include "client/pva/link.h"
#include "pv/convert_text.h"

#include <array>
#include <utility>

namespace iochron::client::pva {
namespace {

using wire::pva::Command;
using wire::pva::Encoder;

constexpr std::uint8_t last = 0x10;
constexpr std::uint8_t present = 0x40;     ///< PUT: the present value
constexpr std::uint8_t present_put = 0x80; ///< PUT_GET: the present value of what would be put

/// The index of a choice, or the text as it is.
pv::Value chosen(const pv::Value& text, std::span<const std::string> choices)
{
    const auto index = pv::choice_index(text.text(), choices);
    return index ? pv::Value::enumeration(*index) : text;
}

std::vector<std::string> choices_of(const pv::Structure& structure)
{
    std::vector<std::string> choices;
    const pv::Value* const list = structure.find("value.choices");
    const bool texts = list != nullptr && list->is_array() && list->type() == pv::ScalarType::string;
    for (std::size_t i = 0; texts && i < list->count(); ++i) {
        choices.emplace_back(list->text_at(i));
    }
    return choices;
}

} // namespace

Command Client::command_of(Request::Kind kind)
{
    switch (kind) {
    case Request::Kind::write:
        return Command::put;
    case Request::Kind::put_get:
        return Command::put_get;
    case Request::Kind::rpc:
        return Command::rpc;
    case Request::Kind::process:
        return Command::process;
    case Request::Kind::info:
        return Command::get_field;
    case Request::Kind::describe:
    case Request::Kind::read:
        break;
    }
    return Command::get;
}

bool Client::is_put(Request::Kind kind)
{
    return kind == Request::Kind::write || kind == Request::Kind::put_get || kind == Request::Kind::process;
}

pv::Outcome Client::failure_of(Request::Kind kind)
{
    return is_put(kind) ? pv::Outcome::put_failed : pv::Outcome::get_failed;
}

void Client::execute(pv::ChannelId channel, pv::Token token, Operation operation, pv::Sink& sink)
{
    static constexpr std::array kinds = {Request::Kind::read, Request::Kind::write,   Request::Kind::put_get,
                                         Request::Kind::rpc,  Request::Kind::process, Request::Kind::info};
    if (open_channel_of(channel, token, sink) == nullptr) {
        return;
    }
    const std::uint32_t asked = add_request(channel, kinds[static_cast<std::size_t>(operation.kind)], token, sink);
    Request& request = requests_.at(asked);
    request.asked = std::move(operation.request);
    request.value = std::move(operation.value);
    start(asked);
}

/// Sends the value of a put or put-get. The text of a choice waits for the choices where only the server has them.
void Client::put(std::uint32_t id, Request& request)
{
    const Channel& channel = channels_.at(request.channel);
    Connection& connection = *channel.link->connection_;
    const Command command = command_of(request.kind);
    pv::Structure& put = *request.state;
    if (request.value.is_text() && put.find("value.index") != nullptr) { // the server takes the index only
        if (!channel.meta->choices.empty()) {
            request.value = chosen(request.value, channel.meta->choices);
        } else if (!request.reads_back && put.find("value.choices") != nullptr) {
            request.reads_back = true;
            connection.request(command, channel.sid, id, command == Command::put ? present : present_put);
            channel.link->touch();
            return;
        }
    }
    const pv::Status status = request.value.structure() != nullptr ? put.set(0, request.value)
                              : put.find("value.index") != nullptr ? put.set("value.index", request.value)
                                                                   : put.set("value", request.value);
    if (!status.ok()) {
        connection.destroy_request(channel.sid, id);
        channel.link->touch();
        finish(id, status, nullptr);
        return;
    }
    connection.request(command, channel.sid, id, last, [&](Encoder& encoder) { write_marked(encoder, put); });
    channel.link->touch();
}

/// The choices have come.
bool Client::read_back(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    wire::pva::ValueReader(reader, types).marked(*request.state);
    if (!reader.ok()) {
        return false;
    }
    request.value = chosen(request.value, choices_of(*request.state));
    request.state->unmark_all();
    put(id, request);
    if (const auto still = requests_.find(id); still != requests_.end()) {
        still->second.reads_back = false;
    }
    return true;
}

bool Client::got_back(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    pv::Structure back(request.back);
    wire::pva::ValueReader(reader, types, holder_of(request)).marked(back);
    if (!reader.ok()) {
        return false;
    }
    finish_with(id, pv::Value::of(std::move(back)));
    return true;
}

bool Client::returned(std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types)
{
    pv::Value result = wire::pva::ValueReader(reader, types, holder_of(requests_.at(id))).typed();
    if (!reader.ok()) {
        return false;
    }
    finish_with(id, std::move(result));
    return true;
}

bool Client::informed(std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types)
{
    const wire::pva::Status status = wire::pva::read_status(reader);
    const pv::TypeRef type = status.success() ? types.read(reader) : nullptr;
    const auto found = requests_.find(id);
    if (!reader.ok() || found == requests_.end() || found->second.kind != Request::Kind::info) {
        return reader.ok();
    }
    pv::Meta meta;
    meta.type = pv::ScalarType::structure;
    meta.structure = type;
    pv::Sample sample;
    sample.meta = &meta;
    finish(id, to_pv_status(status, pv::Outcome::get_failed), &sample);
    return true;
}

void Client::finish_with(std::uint32_t id, pv::Value value)
{
    const pv::MetaRef meta = channels_.at(requests_.at(id).channel).meta; // outlives the channel, if need be
    pv::Sample sample;
    sample.value = std::move(value);
    sample.meta = meta.get();
    finish(id, {}, &sample);
}

} // namespace iochron::client::pva
