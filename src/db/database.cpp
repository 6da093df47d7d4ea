#include "db/database.h"

#include "db/core.h"
#include "db/output.h"
#include "db/record_fields.h"

#include <fmt/format.h>

namespace iochron::db {

namespace {

/// Requests for processing that one slice serves.
constexpr std::size_t triggers_per_slice = 4096;

} // namespace

Database::Database(const Surroundings& surroundings) : core_(std::make_unique<Core>(surroundings)) {}

Database::~Database() = default;

void Database::start(base::Steady now)
{
    Core& core = *core_;
    const Entry entry(core);
    core.now = now;
    core.resolve_links();
    core.init_records();
    core.process_at_start();
    core.started = true;
    core.scans.start(now);
    core.records.each([&core](Record& record) { core.add_to_scan(record); });
    core.remotes.connect();
}

void Database::leave_network()
{
    core_->remotes.leave();
}

bool Database::started() const
{
    return core_->started;
}

bool Database::advance(base::Steady now)
{
    Core& core = *core_;
    if (!core.started) {
        return false;
    }
    core.now = now;
    core.stamp.reset();
    ++core.entries;
    core.advancing = true;
    bool pass_goes_on = false;
    core.delays.start(now);
    core.run_delays(triggers_per_slice);
    core.run_restarts(triggers_per_slice);
    core.run_triggers(triggers_per_slice);
    if (ScanList* const list = core.scans.next(now)) {
        pass_goes_on = core.slice(*list);
        core.run_triggers(triggers_per_slice);
        core.run_restarts(triggers_per_slice);
    }
    core.remotes.flush();
    if (pass_goes_on && core.ended.empty()) { // the sinks are told to write out when the pass is through

        core.posts.flush();
        core.processed.add(std::exchange(core.processed_now, 0));
    } else {
        core.settle();
    }
    core.replanned = false;
    core.advancing = false;
    --core.entries;
    return next_deadline() <= now;
}

base::Steady Database::next_deadline() const
{
    if (!core_->triggers.empty() || !core_->restarts.empty() || !core_->finished.empty() ||
        core_->remotes.has_writes()) {
        return base::Steady::min();
    }
    return std::min(core_->scans.deadline(), core_->delays.deadline());
}

void Database::on_wake(std::function<void()> wake)
{
    core_->wake = std::move(wake);
}

void Database::trigger(RecordId record)
{
    const Entry entry(*core_);
    core_->triggers.push(core_->records[record], urgency(core_->records[record]));
}

pv::Status Database::set(RecordId id, const pv::Value& value, std::optional<base::Stamp> time)
{
    return set(id, value, pv::Alarm{}, {}, time);
}

pv::Status Database::set(RecordId id, const pv::Value& value, pv::Alarm alarm, std::string_view message,
                         std::optional<base::Stamp> time)
{
    Core& core = *core_;
    const Entry entry(core);
    Record& record = core.records[id];
    if (core.type(record).accept == nullptr) {
        return {pv::Outcome::unsupported, fmt::format("a record of type {} takes no value", core.type(record).name)};
    }
    pv::Status status = core.type(record).accept(core, record, value);
    if (!status.ok()) {
        return status;
    }
    if (time) {
        record.time = time->ns;
    }
    Cycle(core, record, false, record.time).alarm(alarm.status, alarm.severity, message);
    if (record.is(flag_pact)) {
        core.triggers.push(record);
    } else {
        core.process(record);
    }
    return status;
}

std::vector<std::pair<std::size_t, pv::Status>> Database::set(std::span<const std::pair<RecordId, pv::Value>> values)
{
    const Entry entry(*core_);
    std::vector<std::pair<std::size_t, pv::Status>> failed;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (pv::Status status = set(values[i].first, values[i].second); !status.ok()) {
            failed.emplace_back(i, std::move(status));
        }
    }
    return failed;
}

void Database::post_event(std::string_view event)
{
    const Entry entry(*core_);
    core_->post_event(event);
}

void Database::on_output(RecordId id, OutputCallback callback)
{
    Record& record = core_->records[id];
    record.set(flag_program, callback != nullptr);
    core_->programs.put(id, std::move(callback));
}

void Database::complete(RecordId id, const pv::Status& status)
{
    Core& core = *core_;
    const Entry entry(core);
    Record& record = core.records[id];
    if (record.is(flag_program) && core.programs.answer(id, status)) {
        return; // from within the callback
    }
    if (!status.ok() && record.is(flag_pact) && !record.is(flag_running)) {
        raise_device_alarm(core, record, status);
    }
    core.complete(record);
}

void Database::answer_device(RecordId id, std::uint64_t serial, Answer answer)
{
    Core& core = *core_;
    const Entry entry(core);
    if (core.questions.keep(id, serial, std::move(answer)) && !core.questions.asking(id)) {
        core.complete(core.records[id]);
    }
}

void Database::request_scan(RecordId id)
{
    const Entry entry(*core_);
    Record& record = core_->records[id];
    if (record.scan == scan_io_intr) {
        core_->triggers.push(record, urgency(record));
    }
}

pv::Status Database::put(RecordId id, std::string_view field, const pv::Value& value)
{
    const Entry entry(*core_);
    Record& record = core_->records[id];
    const Field* const found = core_->type(record).find(field);
    if (found == nullptr) {
        return {pv::Outcome::no_such_channel, fmt::format("{} has no field '{}'", core_->name(record), field)};
    }
    return core_->put_field(record, *found, {.value = value});
}

std::expected<pv::Value, Error> Database::get(RecordId id, std::string_view field) const
{
    const Record& record = core_->records[id];
    const Field* const found = core_->type(record).find(field);
    if (found == nullptr || found->get == nullptr) {
        return std::unexpected(fmt::format("{} has no field '{}' to read", core_->name(record), field));
    }
    return core_->get(record, *found);
}

} // namespace iochron::db
