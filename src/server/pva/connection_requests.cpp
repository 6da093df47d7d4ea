// Requests of a connection's channels: made by INIT, executed as often as the peer likes, ended.
#include "pv/normative.h"
#include "server/pva/connection.h"
#include "server/pva/pipe.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/header.h"
#include "wire/pva/size.h"

#include <fmt/format.h>

namespace iochron::server::pva {
namespace {

using wire::pva::Encoder;
using Kind = wire::pva::Status::Kind;

// Bits of a subcommand.
constexpr std::uint8_t init = 0x08;
constexpr std::uint8_t last = 0x10;      ///< the request ends with this execution
constexpr std::uint8_t read_back = 0x40; ///< PUT, PUT_GET: the present value
constexpr std::uint8_t read_put = 0x80;  ///< PUT_GET: the present value of what a put would write
constexpr std::uint8_t pipelined = 0x80; ///< MONITOR

wire::pva::Status error(std::string text)
{
    return {Kind::error, std::move(text), {}};
}

} // namespace

void Connection::request(base::Reader& reader)
{
    const std::uint32_t channel_id = reader.u32();
    const std::uint32_t id = reader.u32();
    const std::uint8_t subcommand = reader.u8();
    if (!reader.ok()) {
        return;
    }
    if ((subcommand & init) != 0) {
        initialize(id, subcommand, find_channel(channel_id), reader);
        return;
    }
    const auto found = requests_.find(id);
    if (found == requests_.end() || found->second.command != command_) {
        if (command_ == Command::rpc) { // ended by us: the messages crossed. What types it defines counts all the same.
            (void)wire::pva::ValueReader(reader, types_).typed();
        }
        return;
    }
    if (command_ == Command::monitor) {
        monitor(id, found->second, subcommand, reader);
    } else {
        execute(id, found->second, subcommand, reader);
    }
}

void Connection::initialize(std::uint32_t id, std::uint8_t subcommand, ChannelIndex channel, base::Reader& reader)
{
    const pv::Value asked = wire::pva::ValueReader(reader, types_).typed();
    const bool pipes = command_ == Command::monitor && (subcommand & pipelined) != 0;
    const std::uint32_t credit = pipes ? reader.u32() : 0;
    if (!reader.ok()) {
        return;
    }
    Request request{.command = command_,
                    .channel = channel,
                    .type = {},
                    .asked = {},
                    .asked_back = {},
                    .operation = {},
                    .pipe = {}};
    wire::pva::Status status;
    if (requests_.contains(id)) {
        status = error("this request id is in use");
    } else if (channel == none) {
        status = error("no such channel");
    } else if (requests_.size() >= service_.around().limits.operations + monitor_requests_ ||
               monitor_requests_ >= service_.around().limits.subscriptions) {
        status = error("too many requests on this connection");
    } else {
        status = prepare(request, asked);
    }
    // The answer to a pipelined INIT has no pipeline bit (pvxs, pvAccessCPP; Phoebus insists).
    const auto echoed = static_cast<std::uint8_t>(command_ == Command::monitor ? init : subcommand);
    send(command_, [&](Encoder& encoder) {
        encoder.u32(id);
        encoder.u8(echoed);
        write(encoder, status);
        if (status.success() && request.type) {
            descriptions_.write(encoder, request.type);
            if (command_ == Command::put_get) {
                descriptions_.write(encoder, request.type);
            }
        }
    });
    if (!status.success()) {
        return;
    }
    if (request.asked && !request.asked->warning.empty()) {
        warn(id, request.asked->warning);
    }
    if (command_ == Command::monitor && request.asked->pipeline) {
        request.pipe = std::make_unique<Pipe>(*this, id, credit);
    }
    channels_[channel].requests.push_back(id);
    monitor_requests_ += command_ == Command::monitor ? 1 : 0;
    requests_.emplace(id, std::move(request));
}

/// What the request is about. A type is left out where its answer has none.
wire::pva::Status Connection::prepare(Request& request, const pv::Value& asked)
{
    if (command_ == Command::array) {
        return error("ARRAY is not supported: use GET and PUT");
    }
    if (channels_[request.channel].state == Channel::State::server) {
        return command_ == Command::rpc ? wire::pva::Status{} : error("this channel can only be called");
    }
    const bool has_type = command_ != Command::process && command_ != Command::rpc;
    const pv::TypeRef type = normative_type(*service_.describe(channels_[request.channel].pv));
    const bool both = command_ == Command::put_get;
    auto read = asked_.read(asked, type, both ? "putField" : "field");
    if (!read) {
        return error(read.error());
    }
    request.asked = std::move(*read);
    if (both) {
        auto back = asked_.read(asked, type, "getField");
        if (!back) {
            return error(back.error());
        }
        request.asked_back = std::move(*back);
    }
    request.type = has_type ? type : nullptr;
    return {};
}

void Connection::warn(std::uint32_t id, std::string_view text)
{
    constexpr std::uint8_t warning = 1;
    send(Command::message, [&](Encoder& encoder) {
        encoder.u32(id);
        encoder.u8(warning);
        encoder.text(text);
    });
}

Operation Connection::operation(Operation::Kind kind, const Request& request, const Execution& execution) const
{
    Operation operation;
    operation.kind = kind;
    operation.lane = lane_;
    operation.channel = request.channel;
    operation.remember(execution);
    return operation;
}

/// One execution of a request is under way at a time; another one meanwhile is ignored, as in pvxs.
void Connection::execute(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader)
{
    const Execution execution{id, command_, subcommand};
    if (command_ == Command::put || command_ == Command::put_get) {
        execute_put(id, request, subcommand, reader);
        return;
    }
    const pv::Value arguments = command_ == Command::rpc ? wire::pva::ValueReader(reader, types_).typed() : pv::Value{};
    if (request.executing || !reader.ok()) {
        return;
    }
    if (channels_[request.channel].state == Channel::State::server) {
        call_server(id, subcommand, arguments);
        return;
    }
    request.executing = true;
    const PvIndex pv = channels_[request.channel].pv;
    if (command_ == Command::get) {
        service_.read(pv, operation(Operation::Kind::read, request, execution), 0);
    } else if (command_ == Command::process) {
        service_.process(pv, operation(Operation::Kind::process, request, execution), request.asked->block);
    } else {
        service_.call(pv, operation(Operation::Kind::call, request, execution), arguments);
    }
}

void Connection::execute_put(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader)
{
    const Execution execution{id, command_, subcommand};
    const PvIndex pv = channels_[request.channel].pv;
    const bool reads = (subcommand & read_back) != 0 || (command_ == Command::put_get && (subcommand & read_put) != 0);
    if (reads) {
        if (!request.executing) {
            request.executing = true;
            service_.read(pv, operation(Operation::Kind::read, request, execution), 0);
        }
        return;
    }
    pv::Structure put(request.type);
    wire::pva::ValueReader(reader, types_).marked(put);
    if (request.executing || !reader.ok()) {
        return;
    }
    request.executing = true;
    const pv::MetaRef meta = service_.describe(pv);
    const bool own_structure = meta->structure != nullptr;
    pv::Value value = own_structure ? pv::Value::of(std::move(put)) : written_value(put, *meta);
    if (!own_structure && value.empty()) { // nothing is to be written: it only processes, as in QSRV 1
        const bool processes = request.asked->processing != pv::Processing::no;
        if (processes) {
            service_.process(pv, operation(Operation::Kind::process, request, execution), request.asked->block);
        } else {
            reply(execution, {});
        }
        return;
    }
    service_.write(pv, operation(Operation::Kind::write, request, execution),
                   {.value = std::move(value), .processing = request.asked->processing, .wait = request.asked->block});
}

void Connection::entered(base::Handle handle)
{
    service_.set_place(handle, static_cast<std::uint32_t>(operations_.size()));
    operations_.push_back(handle);
    const auto execution = service_.operation(handle).remembered<Execution>();
    requests_.at(execution.id).operation = handle;
}

void Connection::completed(base::Handle /*handle*/, const Operation& done, const pv::Status& status,
                           const pv::Sample* sample)
{
    operations_[done.place] = operations_.back();
    operations_.pop_back();
    if (done.place < operations_.size()) {
        service_.set_place(operations_[done.place], done.place);
    }
    service_.touch(lane_);
    const auto execution = done.remembered<Execution>();
    Request& request = requests_.at(execution.id);
    const bool answers = execution.command == Command::put_get && (execution.subcommand & (read_back | read_put)) == 0;
    if (!status.ok()) {
        reply(execution, wire::pva::to_status(status));
    } else if (answers && done.kind != Operation::Kind::read) { // written: now what it has become
        service_.read(channels_[request.channel].pv, operation(Operation::Kind::read, request, execution), 0);
    } else if (done.kind == Operation::Kind::read && sample != nullptr) {
        const bool back = execution.command == Command::put_get && (execution.subcommand & read_put) == 0;
        reply_with(execution, request, back ? request.asked_back->fields : request.asked->fields, *sample);
    } else if (done.kind == Operation::Kind::call) {
        send(execution.command, [&](Encoder& encoder) {
            encoder.u32(execution.id);
            encoder.u8(execution.subcommand);
            write(encoder, wire::pva::Status{});
            write_typed(encoder, sample == nullptr ? pv::Value{} : sample->value);
        });
        request.executing = false;
        if ((execution.subcommand & last) != 0) {
            end_request(execution.id);
        }
    } else {
        reply(execution, {});
    }
    finished_ = finished_ || (ended_ && operations_.empty());
}

/// An answer without a body.
void Connection::reply(const Execution& execution, const wire::pva::Status& status)
{
    send(execution.command, [&](Encoder& encoder) {
        encoder.u32(execution.id);
        encoder.u8(execution.subcommand);
        write(encoder, status);
    });
    requests_.at(execution.id).executing = false;
    if ((execution.subcommand & last) != 0) {
        end_request(execution.id);
    }
}

void Connection::reply_with(const Execution& execution, const Request& request, const pv::BitSet& fields,
                            const pv::Sample& sample)
{
    const pv::Structure* const own = sample.value.structure();
    std::optional<pv::Structure> made;
    pv::BitSet marks = fields;
    if (own == nullptr) {
        made = to_structure(request.type, sample, *sample.meta, pv::Parts::all);
        marks &= made->marked();
    }
    send(execution.command, [&](Encoder& encoder) {
        encoder.u32(execution.id);
        encoder.u8(execution.subcommand);
        write(encoder, wire::pva::Status{});
        write(encoder, marks);
        write_fields(encoder, made ? *made : *own, marks);
    });
    requests_.at(execution.id).executing = false;
    if ((execution.subcommand & last) != 0) {
        end_request(execution.id);
    }
}

/// The channel "server", by which pvlist learns what there is: the operation is `op`, or `query.op` of an NTURI.
void Connection::call_server(std::uint32_t id, std::uint8_t subcommand, const pv::Value& arguments)
{
    const pv::Structure* const asked = arguments.structure();
    const pv::Value* op = asked == nullptr ? nullptr : asked->find("op");
    op = op == nullptr && asked != nullptr ? asked->find("query.op") : op;
    const std::string_view name = op != nullptr && op->is_text() ? op->text() : std::string_view{};
    pv::Value answer;
    if (name == "channels") {
        pv::Structure list(pv::structure("epics:nt/NTScalarArray:1.0", {{"value", pv::array(pv::ScalarType::string)}}));
        list.place(1, pv::Value::string_array(service_.names()));
        answer = pv::Value::of(std::move(list));
    } else if (name == "info") {
        pv::Structure info(pv::structure(
            "", {{"implLang", pv::scalar(pv::ScalarType::string)}, {"version", pv::scalar(pv::ScalarType::string)}}));
        info.place(1, pv::Value::of(std::string_view("cpp")));
        info.place(2, pv::Value::of(std::string_view("iochron")));
        answer = pv::Value::of(std::move(info));
    }
    const wire::pva::Status status =
        answer.empty()
            ? error(fmt::format("the operation \"{}\" is none: use \"channels\" or \"info\"", name.substr(0, 64)))
            : wire::pva::Status{};
    send(Command::rpc, [&](Encoder& encoder) {
        encoder.u32(id);
        encoder.u8(subcommand);
        write(encoder, status);
        if (status.success()) {
            write_typed(encoder, answer);
        }
    });
    if ((subcommand & last) != 0) {
        end_request(id);
    }
}

void Connection::cancel(std::uint32_t id, Request& request)
{
    if (request.command == Command::monitor) {
        stop(id, request);
    } else if (request.executing && service_.pending(request.operation)) {
        const std::uint32_t place = service_.operation(request.operation).place;
        operations_[place] = operations_.back();
        operations_.pop_back();
        if (place < operations_.size()) {
            service_.set_place(operations_[place], place);
        }
        service_.cancel(request.operation); // processing that a put has started goes on
    }
    request.executing = false;
}

void Connection::end_request(std::uint32_t id)
{
    const auto found = requests_.find(id);
    if (found != requests_.end()) {
        std::erase(channels_[found->second.channel].requests, id);
        forget_request(id);
    }
}

void Connection::forget_request(std::uint32_t id)
{
    const auto found = requests_.find(id);
    cancel(id, found->second);
    monitor_requests_ -= found->second.command == Command::monitor ? 1 : 0;
    requests_.erase(found);
}

void Connection::destroy_request(base::Reader& reader)
{
    reader.skip(sizeof(std::uint32_t));
    const std::uint32_t id = reader.u32();
    if (reader.ok()) {
        end_request(id);
    }
}

void Connection::cancel_request(base::Reader& reader)
{
    reader.skip(sizeof(std::uint32_t));
    const std::uint32_t id = reader.u32();
    const auto found = requests_.find(id);
    if (reader.ok() && found != requests_.end() && found->second.command != Command::monitor) {
        cancel(id, found->second);
    }
}

} // namespace iochron::server::pva
