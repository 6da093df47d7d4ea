#include "db/device.h"

#include "db/cycle.h"
#include "db/output.h"

#include <exception>
#include <utility>

namespace iochron::db {

namespace {

const Field& address_field(const RecordType& type)
{
    return *type.find(type.output ? "OUT" : "INP");
}

std::string address_of(const Core& core, const Record& record)
{
    const Field& field = address_field(core.type(record));
    std::string text = core.link_text(field.get_link(core, record, field));
    return text.starts_with('@') ? text.substr(1) : text;
}

/// What an output gives to its device: the raw value, or the value behind drive limits (OVAL) where the type has it.
pv::Value output_of(const Core& core, const Record& record, bool raw)
{
    const RecordType& type = core.type(record);
    if (!type.output) {
        return {};
    }
    const Field* const better = type.find(raw ? "RVAL" : "OVAL");
    return core.get(record, better != nullptr ? *better : type[type.value_field]);
}

Transfer take(Record& record, Cycle& cycle, bool raw)
{
    Core& core = cycle.core();
    Answer answer = core.questions.take(record.id);
    if (answer.status.ok() && !answer.value.empty()) {
        answer.status = core.type(record).output ? pv::Status(pv::Outcome::put_failed, "an output takes no value")
                                                 : cycle.accept(answer.value);
    }
    if (!answer.status.ok()) {
        raise_device_alarm(core, record, answer.status);
        return Transfer::failed;
    }
    cycle.alarm(answer.alarm.status, answer.alarm.severity, answer.message);
    if (answer.time) {
        record.time = answer.time->ns;
    }
    return raw && !core.type(record).output ? Transfer::raw : Transfer::done;
}

} // namespace

Device asking_device(std::string name, bool raw, Ask ask)
{
    const auto transfer = [raw, ask = std::move(ask)](Record& record, Cycle& cycle) {
        Core& core = cycle.core();
        if (!cycle.completing()) {
            Question question{
                .record = record.id, .address = address_of(core, record), .value = output_of(core, record, raw)};
            if (!core.questions.ask(ask, std::move(question))) {
                return Transfer::wait;
            }
        }
        return take(record, cycle, raw);
    };
    return {.name = std::move(name), .transfer = transfer, .raw = raw, .addressed = true};
}

bool Questions::ask(const Ask& ask, Question question)
{
    const RecordId record = question.record;
    question.serial = ++last_serial_;
    open_[record] = {.serial = question.serial, .asking = true, .answer = {}};
    pv::Status thrown;
    try {
        ask(question);
    } catch (const std::exception& fault) {
        thrown = {pv::Outcome::internal, fault.what()};
    } catch (...) {
        thrown = {pv::Outcome::internal, "device support failed"};
    }
    Open& open = open_[record];
    open.asking = false;
    if (!thrown.ok()) {
        open.answer = Answer{.status = std::move(thrown)};
    }
    return open.answer.has_value();
}

bool Questions::keep(RecordId record, std::uint64_t serial, Answer answer)
{
    const auto found = open_.find(record);
    if (found == open_.end() || found->second.serial != serial || found->second.answer) {
        return false;
    }
    found->second.answer = std::move(answer);
    return true;
}

bool Questions::asking(RecordId record) const
{
    const auto found = open_.find(record);
    return found != open_.end() && found->second.asking;
}

Answer Questions::take(RecordId record)
{
    const auto found = open_.find(record);
    Answer answer = {.status = {pv::Outcome::internal, "completed without an answer"}};
    if (found != open_.end()) {
        if (found->second.answer) {
            answer = *std::move(found->second.answer);
        }
        open_.erase(found);
    }
    return answer;
}

} // namespace iochron::db
