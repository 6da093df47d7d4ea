#include "server/pva/connection.h"

#include "server/pva/frames.h"
#include "server/pva/pipe.h"
#include "server/pva/search.h"
#include "wire/pva/header.h"
#include "wire/pva/search.h"
#include "wire/pva/size.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace iochron::server::pva {
namespace {

constexpr auto linger = std::chrono::seconds(60);
constexpr std::int32_t receive_bytes = 0x10000; ///< informational
constexpr std::int16_t most_types = 0x7FFF;     ///< ignored by everybody
constexpr std::size_t most_method_bytes = 64;

} // namespace

Connection::Connection(Service& service, std::unique_ptr<Line> line, std::string address, base::Steady now)
    : service_(service), line_(std::move(line)), backlog_(service.around().pool, frames),
      lane_(service.attach(*this, backlog_.updates())),
      assembler_(wire::pva::Role::client, service.around().limits.message_bytes), heard_(now),
      deadline_(now + service.silence())
{
    service_.counts().sessions.add();
    peer_.method = "anonymous";
    peer_.host = address.substr(0, address.find(':'));
    peer_.address = std::move(address);
    greet();
}

Connection::~Connection()
{
    requests_.clear();
    service_.counts().sessions.set(service_.counts().sessions.value() - 1);
    service_.detach(lane_);
}

/// The byte order, which holds for both directions, and the ways to say who one is, the preferred one last.
void Connection::greet()
{
    output().append(control_message(wire::pva::Role::server, byte_order, wire::pva::Control::set_byte_order));
    send(Command::connection_validation, [](wire::pva::Encoder& encoder) {
        encoder.number(receive_bytes);
        encoder.number(most_types);
        encoder.size(2);
        encoder.text("anonymous");
        encoder.text("ca");
    });
}

void Connection::received(std::span<const std::byte> bytes, base::Steady now)
{
    heard_ = now;
    while (!finished_) {
        const auto message = assembler_.next(bytes);
        if (!message) {
            break;
        }
        dispatch(*message);
    }
    if (!assembler_.fault().empty()) {
        malformed(assembler_.fault());
        finished_ = true;
    }
    service_.open_pending();
    service_.touch(lane_);
    service_.settle();
}

// The table of contents: what a client may ask, and who answers. Null: a server's own message, or none.
Connection::Handler Connection::handler(Command command)
{
    static constexpr std::array<Handler, 23> handlers = {
        nullptr,                      // BEACON
        &Connection::validation,      // CONNECTION_VALIDATION
        &Connection::echo,            // ECHO
        &Connection::search,          // SEARCH
        nullptr,                      // SEARCH_RESPONSE
        &Connection::ignore,          // AUTHNZ: of no method that we offer
        nullptr,                      // ACL_CHANGE
        &Connection::create_channel,  // CREATE_CHANNEL
        &Connection::destroy_channel, // DESTROY_CHANNEL
        nullptr,                      // CONNECTION_VALIDATED
        &Connection::request,         // GET
        &Connection::request,         // PUT
        &Connection::request,         // PUT_GET
        &Connection::request,         // MONITOR
        &Connection::request,         // ARRAY
        &Connection::destroy_request, // DESTROY_REQUEST
        &Connection::request,         // PROCESS
        &Connection::get_field,       // GET_FIELD
        &Connection::ignore,          // MESSAGE
        nullptr,                      // MULTIPLE_DATA
        &Connection::request,         // RPC
        &Connection::cancel_request,  // CANCEL_REQUEST
        nullptr,                      // ORIGIN_TAG
    };
    const auto number = static_cast<std::size_t>(command);
    return number < handlers.size() ? handlers[number] : nullptr;
}

void Connection::dispatch(const Message& message)
{
    const Service::Busy busy(service_);
    version_ = std::min(message.header.version, wire::pva::protocol_version);
    if (message.header.control) {
        return; // markers are for nothing, and every header tells its own byte order
    }
    command_ = message.header.command();
    if (command_ != Command::create_channel) {
        service_.open_pending();
    }
    const Handler handle = handler(command_);
    if (handle == nullptr) {
        return; // as pvxs: what we do not know is not for us
    }
    base::Reader reader(message.payload, message.header.order);
    (this->*handle)(reader);
    if (!reader.ok()) {
        const base::Fault fault = reader.fault();
        malformed(fmt::format("{}, at byte {} of its payload", fault.what, fault.offset));
        finished_ = true; // types that it defined are lost
    }
}

void Connection::malformed(std::string_view what)
{
    service_.counts().malformed.add();
    const std::string_view command = to_string(command_);
    service_.around().log.warning("pva.malformed " + peer_.host, "PVA client {} at {} is disconnected: {}{}{}",
                                  peer_.account, peer_.address, command, command.empty() ? "" : ": ", what);
}

void Connection::validation(base::Reader& reader)
{
    reader.skip(sizeof receive_bytes + sizeof most_types + sizeof(std::int16_t));
    const std::string_view method = wire::pva::read_text(reader);
    const pv::Value credentials = wire::pva::ValueReader(reader, types_).typed();
    if (!reader.ok()) {
        return;
    }
    wire::pva::Status status;
    if (method != "ca" && method != "anonymous" && !method.empty()) {
        status = {wire::pva::Status::Kind::error,
                  fmt::format("this server has no authentication method \"{}\"", method.substr(0, most_method_bytes)),
                  {}};
    }
    peer_.method = method == "ca" ? "ca" : "anonymous";
    peer_.account = peer_.method == "ca" ? "" : "anonymous";
    if (const pv::Structure* said = credentials.structure(); said != nullptr && method == "ca") {
        if (const pv::Value* user = said->find("user"); user != nullptr && user->is_text()) {
            peer_.account = user->text().substr(0, service_.around().limits.account_bytes);
            peer_.account.erase(0, peer_.account.rfind('/') + 1); // npos + 1 is 0
        }
    }
    validated_ = status.success();
    send(Command::connection_validated, [&](wire::pva::Encoder& encoder) { write(encoder, status); });
}

void Connection::echo(base::Reader& reader)
{
    const auto bytes = reader.bytes(reader.left());
    send(Command::echo, [&](wire::pva::Encoder& encoder) {
        if (version_ >= 2) {
            encoder.raw(bytes);
        }
    });
}

void Connection::search(base::Reader& reader)
{
    const auto search = wire::pva::read_search(reader);
    if (!search || !search->tcp) {
        return;
    }
    const auto response = answer_to(
        *search, service_.guid(), service_.port(),
        [this](std::span<const std::string_view> names, std::span<bool> found) { service_.find(names, found); });
    if (response) {
        std::vector<std::byte> frame;
        write(frame, wire::pva::Role::server, byte_order, *response);
        output().append(frame);
    }
}

void Connection::ignore(base::Reader& reader)
{
    reader.skip(reader.left());
}

/// The peer sends no more and reads what is left: its monitors are of no use to it.
void Connection::ended(base::Steady now)
{
    for (auto& [id, request] : requests_) {
        if (request.command == Command::monitor) {
            stop(id, request);
        }
    }
    ended_ = true;
    deadline_ = now + linger;
    finished_ = operations_.empty();
    service_.settle();
}

void Connection::due(base::Steady now)
{
    if (now >= upkeep_.late) {
        service_.settle_late(lane_);
    }
    if (now < deadline_) {
        return;
    }
    if (ended_) {
        finished_ = true;
        return;
    }
    if (now >= heard_ + service_.silence() && version_ >= 2) {
        abandon("it was silent for too long");
        return;
    }
    deadline_ = std::max(heard_ + service_.silence(), now + std::chrono::seconds(1));
}

void Connection::closed(std::string_view why, base::Steady /*now*/)
{
    finished_ = true;
    service_.around().log.write(base::Level::debug, "pva.closed",
                                fmt::format("PVA connection {}: {}", peer_.address, why));
    std::uint64_t unsent = 0;
    output().walk(frames.bytes, [&](std::span<const std::byte> frame) { unsent += frames.update(frame) ? 1 : 0; });
    service_.counts().dropped.add(unsent);
    output().clear();
    for (ChannelIndex channel = 0; channel < channels_.size(); ++channel) {
        if (channels_[channel].state != Channel::State::free) {
            end_channel(channel);
        }
    }
    service_.around().budget.change(std::exchange(upkeep_.noted_bytes, 0), 0);
}

void Connection::settle(base::Steady now)
{
    flow_pipes();
    service_.settle_backlog(lane_, backlog_, upkeep_, now);
    line_->touch();
}

void Connection::collapse()
{
    service_.collapse_backlog(lane_, backlog_, upkeep_);
}

void Connection::abandon(std::string_view why)
{
    service_.around().log.warning("pva.abandoned " + peer_.host, "PVA client {} at {} is disconnected: {}",
                                  peer_.account, peer_.address, why);
    closed(why, {});
    line_->close(why);
}

} // namespace iochron::server::pva
