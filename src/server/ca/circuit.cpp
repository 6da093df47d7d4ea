#include "server/ca/circuit.h"

#include "server/ca/frames.h"
#include "wire/ca/error.h"
#include "wire/ca/message.h"
#include "wire/ca/version.h"

#include <algorithm>
#include <array>
#include <utility>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Eca;

/// How long a peer that has half-closed may still wait for the end of its puts.
constexpr auto linger = std::chrono::seconds(60);
/// A buffer that once held a large message is not kept for the next small one.
constexpr std::size_t kept_partial_bytes = 64u << 10;
/// Unsent updates of subscriptions that share an id: they are all kept, so a peer that leaves more cannot be.
constexpr std::size_t most_shared_id_bytes = 16u << 20;

} // namespace

Circuit::Circuit(Service& service, std::unique_ptr<Line> line, std::string address)
    : service_(service), line_(std::move(line)), backlog_(service.around().pool, frames, Replies::overtake),
      lane_(service.attach(*this, backlog_.updates()))
{
    service_.counts().sessions.add();
    peer_.method = "ca";
    peer_.host = address.substr(0, address.find(':'));
    peer_.address = std::move(address);
    encode(output(), wire::ca::Version{}); // unprompted: a client that searches over TCP waits for it
}

Circuit::~Circuit()
{
    service_.counts().sessions.set(service_.counts().sessions.value() - 1);
    service_.detach(lane_);
}

// The table of contents: what a client may ask, and who answers. Null: obsolete, or a server's own message.
Circuit::Handler Circuit::handler(Command command)
{
    static constexpr std::array<Handler, 28> handlers = {
        &Circuit::version,        // VERSION
        &Circuit::event_add,      // EVENT_ADD
        &Circuit::event_cancel,   // EVENT_CANCEL
        &Circuit::read,           // READ
        &Circuit::write,          // WRITE
        nullptr,                  // SNAPSHOT
        &Circuit::search,         // SEARCH
        nullptr,                  // BUILD
        &Circuit::events_off,     // EVENTS_OFF
        &Circuit::events_on,      // EVENTS_ON
        &Circuit::read_sync,      // READ_SYNC
        nullptr,                  // ERROR
        &Circuit::clear_channel,  // CLEAR_CHANNEL
        nullptr,                  // RSRV_IS_UP
        nullptr,                  // NOT_FOUND
        &Circuit::read_notify,    // READ_NOTIFY
        nullptr,                  // READ_BUILD
        nullptr,                  // REPEATER_CONFIRM
        &Circuit::create_channel, // CREATE_CHAN
        &Circuit::write_notify,   // WRITE_NOTIFY
        &Circuit::client_name,    // CLIENT_NAME
        &Circuit::host_name,      // HOST_NAME
        nullptr,                  // ACCESS_RIGHTS
        &Circuit::echo,           // ECHO
        nullptr,                  // REPEATER_REGISTER
        nullptr,                  // SIGNAL
        nullptr,                  // CREATE_CH_FAIL
        nullptr,                  // SERVER_DISCONN
    };
    const auto number = static_cast<std::size_t>(command);
    return number < handlers.size() ? handlers[number] : nullptr;
}

void Circuit::received(std::span<const std::byte> bytes, base::Steady /*now*/)
{
    while (!bytes.empty() && !finished_) {
        bytes = take(bytes);
    }
    service_.open_pending();
    service_.touch(lane_);
    service_.settle();
}

std::span<const std::byte> Circuit::take(std::span<const std::byte> bytes)
{
    if (skip_ > 0) {
        const std::size_t skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
        skip_ -= skipped;
        return bytes.subspan(skipped);
    }
    if (!partial_.empty()) {
        return complete(bytes);
    }
    const wire::ca::Frame frame = next_message(bytes, frame_limits());
    if (frame.kind == wire::ca::Frame::Kind::incomplete) {
        partial_.assign(bytes.begin(), bytes.end());
        return {};
    }
    if (!handle(frame)) {
        return {};
    }
    if (frame.kind == wire::ca::Frame::Kind::too_large) {
        skip_ = frame.total_bytes;
        return bytes;
    }
    return bytes.subspan(static_cast<std::size_t>(frame.total_bytes));
}

/// Takes what the message in partial_ lacks, and no more.
std::span<const std::byte> Circuit::complete(std::span<const std::byte> bytes)
{
    wire::ca::Frame frame = next_message(partial_, frame_limits());
    const auto lacking =
        static_cast<std::size_t>(std::min<std::uint64_t>(frame.total_bytes - partial_.size(), bytes.size()));
    partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(lacking));
    frame = next_message(partial_, frame_limits());
    if (frame.kind == wire::ca::Frame::Kind::incomplete) {
        return bytes.subspan(lacking); // of a header the second half, or all there is
    }
    const std::vector<std::byte> message = std::exchange(partial_, {});
    if (!handle(frame)) {
        return {};
    }
    if (frame.kind == wire::ca::Frame::Kind::too_large) {
        skip_ = frame.total_bytes - message.size();
    }
    if (message.capacity() <= kept_partial_bytes && partial_.empty()) {
        partial_.reserve(message.capacity());
    }
    return bytes.subspan(lacking);
}

/// Gives false where the stream is at its end.
bool Circuit::handle(const wire::ca::Frame& frame)
{
    const Message message{frame.header, frame.payload};
    switch (frame.kind) {
    case wire::ca::Frame::Kind::message:
        dispatch(message);
        break;
    case wire::ca::Frame::Kind::too_large:
        malformed(message, Eca::tolarge, "the message is larger than this server takes");
        break;
    case wire::ca::Frame::Kind::fault:
        malformed(message, Eca::internal, frame.why);
        finish();
        break;
    case wire::ca::Frame::Kind::incomplete:
        break;
    }
    return !finished_;
}

void Circuit::dispatch(const Message& message)
{
    const Service::Busy busy(service_);
    if (!versioned_ && message.header.command != Command::version) {
        malformed(message, Eca::defunct, "no VERSION came before");
        return;
    }
    if (message.header.command != Command::create_channel) {
        service_.open_pending();
    }
    if (const Handler handle = handler(message.header.command)) {
        (this->*handle)(message);
        return;
    }
    malformed(message, Eca::internal, "a server does not take this command");
    if (to_string(message.header.command).empty()) {
        finish(); // it is no CA at all, or out of step
    }
}

wire::ca::FrameLimits Circuit::frame_limits() const
{
    constexpr std::uint16_t minor_extended = 9;
    return {.message_bytes = service_.around().limits.message_bytes,
            .may_extend = !versioned_ || minor_ >= minor_extended};
}

void Circuit::error(const wire::ca::Header& request, Eca status, std::string_view text, std::uint32_t cid)
{
    encode(output(), wire::ca::Error{.cid = cid, .status = status, .request = request, .text = text});
}

void Circuit::channel_error(const wire::ca::Header& request, Eca status, std::string_view text, ChannelIndex index)
{
    const Channel& channel = channels_[index];
    const std::string_view name = service_.name(channel.pv);
    error(request, status, text.empty() ? std::string(name) : fmt::format("{}: {}", name, text), channel.cid);
}

void Circuit::malformed(const Message& message, Eca status, std::string_view text)
{
    service_.counts().malformed.add();
    const std::string_view command = to_string(message.header.command);
    service_.around().log.warning("ca.malformed " + peer_.host, "CA client {} at {} ({}): {} {}: {}", peer_.account,
                                  peer_.host, peer_.address, command.empty() ? "command" : command,
                                  command.empty() ? std::to_string(static_cast<int>(message.header.command)) : "",
                                  text);
    error(message.header, status, text);
}

/// The peer sends no more and reads what is left: its monitors are of no use to it.
void Circuit::ended(base::Steady now)
{
    ended_ = true;
    for (ChannelIndex channel = 0; channel < channels_.size(); ++channel) {
        if (channels_[channel].state == Channel::State::open) {
            end_subscriptions(channel);
        }
    }
    service_.follow(lane_, backlog_, [&] { backlog_.resume(); });
    deadline_ = now + linger;
    finish_if_idle();
    service_.settle();
}

void Circuit::finish_if_idle()
{
    if (ended_ && operations_.empty()) {
        finish();
    }
}

void Circuit::entered(base::Handle operation)
{
    service_.set_place(operation, static_cast<std::uint32_t>(operations_.size()));
    operations_.push_back(operation);
}

void Circuit::completed(base::Handle handle, const Operation& operation, const pv::Status& status,
                        const pv::Sample* sample)
{
    operations_[operation.place] = operations_.back();
    operations_.pop_back();
    if (operation.place < operations_.size()) {
        service_.set_place(operations_[operation.place], operation.place);
    }
    service_.touch(lane_);
    if (operation.kind == Operation::Kind::read_notify || operation.kind == Operation::Kind::read) {
        read_completed(operation, status, sample);
    } else {
        write_completed(handle, operation, status);
    }
    finish_if_idle();
}

void Circuit::due(base::Steady now)
{
    if (now >= upkeep_.late) {
        service_.settle_late(lane_);
    }
    if (now >= deadline_) {
        deadline_ = base::never;
        finish();
    }
}

void Circuit::sent(base::Steady now)
{
    settle(now);
}

void Circuit::closed(std::string_view why, base::Steady /*now*/)
{
    finished_ = true;
    service_.around().log.write(base::Level::debug, "ca.closed", fmt::format("CA circuit {}: {}", peer_.address, why));
    std::uint64_t unsent = 0;
    for (const base::Output* queue : {&backlog_.output(), &backlog_.updates()}) {
        queue->walk(frames.bytes, [&](std::span<const std::byte> frame) { unsent += frames.update(frame) ? 1 : 0; });
        if (&backlog_.output() == &backlog_.updates()) {
            break;
        }
    }
    service_.counts().dropped.add(unsent);
    backlog_.output().clear();
    backlog_.updates().clear();
    for (ChannelIndex channel = 0; channel < channels_.size(); ++channel) {
        if (channels_[channel].state != Channel::State::free) {
            end_channel(channel);
        }
    }
    service_.around().budget.change(std::exchange(upkeep_.noted_bytes, 0), 0);
}

void Circuit::settle(base::Steady now)
{
    service_.settle_backlog(lane_, backlog_, upkeep_, now);
    line_->touch();
    if (backlog_.kept_bytes() > most_shared_id_bytes && !finished_) {
        give_up("it gave one id to several subscriptions and does not read their updates");
    }
}

void Circuit::collapse()
{
    service_.collapse_backlog(lane_, backlog_, upkeep_);
}

void Circuit::abandon(std::string_view why)
{
    give_up(why);
    closed(why, {});
}

/// The stream ends at the end of the turn, and closed() then does the rest: in the midst of other circuits' work this
/// may be called too.
void Circuit::give_up(std::string_view why)
{
    service_.around().log.warning("ca.abandoned " + peer_.host, "CA client {} at {} ({}) is disconnected: {}",
                                  peer_.account, peer_.host, peer_.address, why);
    finish();
    line_->close(why);
}

} // namespace iochron::server::ca
