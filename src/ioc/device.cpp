#include "ioc/device.h"

#include "base/problem.h"
#include "ioc/device_state.h"
#include "ioc/state.h"

#include <fmt/format.h>

#include <exception>

namespace iochron {
namespace {

/// Calls user code with a call; what it throws fails that.
void process_with(const std::function<void(DeviceCall)>& process, const DeviceCall& call, base::Log& log)
{
    std::string thrown;
    try {
        process(call);
        return;
    } catch (const std::exception& fault) {
        thrown = fault.what();
    } catch (...) {
        thrown = "device support threw something that is no std::exception";
    }
    log.error("ioc.device", "{}: {}", call.name(), thrown);
    call.fail(std::move(thrown));
}

} // namespace

const std::string& DeviceRecord::name() const
{
    return state_->name;
}

const std::string& DeviceRecord::type() const
{
    return state_->type;
}

const std::string& DeviceRecord::address() const
{
    return state_->address;
}

void DeviceRecord::request_scan() const
{
    state_->ioc->with([id = state_->id](Ioc::State& ioc) {
        ioc.shard.post([&ioc, id] {
            if (ioc.running) {
                ioc.database.request_scan(id);
            }
        });
    });
}

void DeviceCall::State::end(db::Answer answer)
{
    if (ended.exchange(true)) {
        return;
    }
    ioc->with([&](Ioc::State& to) {
        to.shard.post([&to, id = question.record, serial = question.serial, answer = std::move(answer)]() mutable {
            to.database.answer_device(id, serial, std::move(answer));
        });
    });
}

const std::string& DeviceCall::name() const
{
    return state_->name;
}

const std::string& DeviceCall::address() const
{
    return state_->question.address;
}

const pv::Value& DeviceCall::value() const
{
    return state_->question.value;
}

void DeviceCall::done() const
{
    state_->end({});
}

void DeviceCall::done(pv::Value value, Reading reading) const
{
    state_->end({.status = {},
                 .value = std::move(value),
                 .alarm = reading.alarm,
                 .message = std::move(reading.message),
                 .time = reading.time});
}

void DeviceCall::fail(std::string why) const
{
    state_->end({.status = {pv::Outcome::internal, std::move(why)}});
}

void Ioc::State::add_device(DeviceKind kind)
{
    building();
    if (!kind.process || kind.types.empty() || kind.name.empty()) {
        throw base::Problem("a device kind wants a name, record types and a function `process`");
    }
    const auto shared = std::make_shared<const DeviceKind>(std::move(kind));
    const auto ask = [this, shared](const db::Question& question) {
        DeviceCall call(
            std::make_shared<DeviceCall::State>(gate, question, std::string(database.name(question.record))));
        if (shared->never_blocks) {
            process_with(shared->process, call, *log);
        } else {
            user.submit([this, shared, call = std::move(call)] { process_with(shared->process, call, *log); });
        }
    };
    for (const std::string& type : shared->types) {
        if (const auto added = database.add_device(type, db::asking_device(shared->name, shared->raw, ask)); !added) {
            throw base::Problem(fmt::format("device kind '{}': {}", shared->name, added.error()));
        }
    }
    devices.push_back(shared);
}

void Ioc::State::init_devices()
{
    for (const auto& kind : devices) {
        for (const std::string& type : kind->init ? kind->types : std::vector<std::string>{}) {
            for (const db::RecordId id : database.records(type)) {
                if (database.text(id, "DTYP").value_or("") != kind->name) {
                    continue;
                }
                std::string address = database.text(id, database.type(id).output ? "OUT" : "INP").value_or("");
                if (address.starts_with('@')) {
                    address.erase(0, 1);
                }
                const std::string name(database.name(id));
                try {
                    kind->init(
                        DeviceRecord(std::make_shared<DeviceRecord::State>(gate, id, name, type, std::move(address))));
                } catch (const std::exception& fault) {
                    throw base::Problem(fmt::format("{}: {}", name, fault.what()));
                }
            }
        }
    }
}

void Ioc::device(DeviceKind kind)
{
    state_->add_device(std::move(kind));
}

} // namespace iochron
