#include "db/core.h"
#include "db/cycle.h"
#include "db/record_fields.h"
#include "db/simulation.h"

#include <fmt/format.h>

namespace iochron::db {

namespace {

constexpr std::uint8_t most_locked = 10;
constexpr int device_time = -2;

} // namespace

// hot: two calls of the record type, no allocation.
bool Core::process(Record& record)
{
    if (((record.flags & (flag_pact | flag_may_be_disabled | flag_tpro)) != 0) | tracing) [[unlikely]] {
        if (record.is(flag_tpro) && !tracing) {
            tracing = true;
            const bool succeeded = process(record);
            tracing = false;
            return succeeded;
        }
        if (!may_process(record)) {
            return true;
        }
    } else {
        record.lcnt = 0;
    }
    record.flags |= flag_pact | flag_running;
    ++processed_now;
    const RecordType& type = this->type(record);
    Cycle cycle(*this, record, false, record.time);
    const Step step = type.process(record, cycle);
    if (step == Step::wait) [[unlikely]] {
        record.set(flag_running, false);
        waits.attach(record, wait);
        return true;
    }
    if (!cycle.stamped()) {
        set_time(record);
    }
    type.finish(record, cycle);
    conclude(record);
    return step != Step::failed;
}

void Core::conclude(Record& record)
{
    if (record.flnk != no_link) {
        follow(record);
    }
    if ((record.flags & (flag_rpro | flag_waited)) != 0) [[unlikely]] {
        if (record.is(flag_rpro)) {
            record.set(flag_rpro, false);
            triggers.push(record);
        }
        if (waits.has_puts(record)) {
            restarts.push_back(record.id);
        }
    }
    record.set(flag_pact | flag_putf | flag_running, false);
}

void Core::complete(Record& record)
{
    if (!record.is(flag_pact) || record.is(flag_running)) {
        return;
    }
    record.set(flag_running);
    const std::vector<base::Handle> waited = waits.detach(record);
    const base::Handle outer = std::exchange(wait, waited.empty() ? base::Handle{} : waited.front());
    const RecordType& type = this->type(record);
    Cycle cycle(*this, record, true, record.time);
    if (type.process(record, cycle) == Step::wait) {
        record.set(flag_running, false);
        for (const base::Handle handle : waited) {
            waits.attach(record, handle);
        }
    } else {
        set_time(record);
        type.finish(record, cycle);
        conclude(record);
    }
    wait = outer;
    for (const base::Handle handle : waited) {
        release(handle);
    }
}

void Core::process_and_wait(Record& record, Record& target)
{
    const LatePut request{.request = {}, .sink = nullptr, .record = record.id, .writes = false};
    if (target.is(flag_pact) || waits.has_puts(target)) {
        waits.queue(target, request);
    } else {
        (void)put_waiting(target, field(target, field_proc), request, false);
    }
}

void Core::process_waited(Record& record)
{
    const std::vector<base::Handle> waited = waits.detach(record);
    const base::Handle outer = std::exchange(wait, waited.empty() ? base::Handle{} : waited.front());
    (void)process(record);
    wait = outer;
    for (const base::Handle handle : waited) {
        release(handle);
    }
}

void Core::run_triggers(std::size_t at_most)
{
    for (std::size_t i = 0; i < at_most && !triggers.empty(); ++i) {
        Record& record = triggers.pop(records);
        if (record.is(flag_waited) && !record.is(flag_pact)) {
            process_waited(record);
        } else {
            (void)process(record);
        }
    }
}

// Before what is triggered: EPICS Base restarts a put on the thread that has finished the record, and so ahead of RPRO.
void Core::run_restarts(std::size_t at_most)
{
    for (; at_most > 0 && !finished.empty(); --at_most) {
        Record& record = records[finished.front()];
        finished.pop_front();
        complete(record);
    }
    for (; at_most > 0 && !restarts.empty(); --at_most) {
        Record& record = records[restarts.front()];
        restarts.pop_front();
        if (record.is(flag_pact)) {
            continue; // its end restarts them
        }
        const std::optional<LatePut> put = waits.next_put(record);
        const Channel* const channel = put && put->writes ? channels.find(put->request.channel) : nullptr;
        if (!put || (put->writes && channel == nullptr)) {
            continue;
        }
        const FieldIndex index =
            put->writes ? channel->field & static_cast<FieldIndex>(~long_string) : FieldIndex{field_proc};
        if (pv::Status status = put_waiting(record, field(record, index), *put, true); !status.ok()) {
            ended.push_back({put->sink, put->request.token, put->request.channel, std::move(status)});
        }
        if (waits.has_puts(record) && !record.is(flag_pact)) {
            restarts.push_back(record.id);
        }
    }
}

void Core::run_delays(std::size_t at_most)
{
    for (; at_most > 0; --at_most) {
        const auto due = delays.pop(now);
        if (!due) {
            return;
        }
        Record& record = records[due->record];
        if (due->purpose == Purpose::complete) {
            complete(record);
        } else {
            type(record).elapsed(*this, record);
        }
    }
}

void Core::release(base::Handle handle)
{
    Wait* const found = waits.find(handle);
    if (found != nullptr && --found->records == 0) {
        if (found->sink == nullptr) {
            finished.push_back(found->record);
        } else {
            ended.push_back({found->sink, found->token, found->channel, {}});
        }
        waits.end(handle);
    }
}

bool Core::process_target(Record& source, Record& target)
{
    if (depth >= with.limits.link_depth) {
        nested_too_deep.add();
        waits.attach(target, wait);
        triggers.push(target);
        return true;
    }
    const bool was_active = source.is(flag_pact);
    source.set(flag_pact); // so that a chain which leads back here ends here
    if (!target.is(flag_pact)) {
        target.set(flag_putf, source.is(flag_putf));
    } else if (source.is(flag_putf) && !target.is(flag_running)) {
        target.set(flag_putf, false); // a put's completion does not wait for what was busy before (dbNotifyAdd)
        target.set(flag_rpro);
    }
    ++depth;
    const bool succeeded = process(target);
    --depth;
    source.set(flag_pact, was_active);
    return succeeded;
}

void Core::follow(Record& record)
{
    const Link& link = links[record.flnk];
    if (link.kind == LinkKind::remote) {
        remotes.forward(link);
        return;
    }
    if (link.kind != LinkKind::record) {
        return;
    }
    Record& target = records[link.target.record];
    if (link.is(link_ca)) { // a put to PROC by Channel Access; EPICS Base does nothing for other fields
        if (link.target.field == field_proc) {
            triggers.push(target);
        }
    } else if (target.scan == scan_passive) {
        (void)process_target(record, target);
    }
}

void Core::trace(const Record& record, std::string_view what) const
{
    const std::string who = asker == nullptr ? std::string("IOC") : fmt::format("{}@{}", asker->account, asker->host);
    const std::string again =
        record.is(flag_pact) ? fmt::format(" with RPRO={:d}", record.is(flag_rpro)) : std::string();
    with.log.info("db.trace", "{}: dbProcess of {}'{}'{}", who, what, name(record), again);
}

// Words of the trace as in EPICS Base.
bool Core::may_process(Record& record)
{
    if (record.is(flag_pact)) {
        if (tracing) {
            trace(record, "Active ");
        }
        still_active(record);
        return false;
    }
    record.lcnt = 0;
    const bool disabled = record.is(flag_may_be_disabled) && is_disabled(record);
    if (tracing) {
        trace(record, disabled ? "Disabled " : "");
    }
    if (disabled) {
        raise_disabled(record);
    }
    return !disabled;
}

void Core::still_active(Record& record)
{
    if (record.stat == pv::AlarmStatus::scan || record.lcnt++ < most_locked || record.sevr >= pv::Severity::invalid) {
        return;
    }
    Cycle cycle(*this, record, false, record.time);
    cycle.alarm(pv::AlarmStatus::scan, pv::Severity::invalid, "Async in progress");
    const pv::Mask changed = cycle.reset_alarms();
    post(record, type(record).value_field, changed | pv::Mask::value | pv::Mask::log);
}

bool Core::is_disabled(Record& record)
{
    const Field& disa = field(record, field_disa);
    const LinkId sdis = field(record, field_sdis).get_link(*this, record, field(record, field_sdis));
    Cycle cycle(*this, record, false, record.time);
    auto number = static_cast<std::int16_t>(cold.get(record, disa).as_double());
    if (!cycle.is_constant(sdis) && cycle.read_as(sdis, number)) {
        cold.set(record, disa, pv::Value::of(number));
    }
    return cold_number(record, field_disa) == cold_number(record, field_disv);
}

void Core::raise_disabled(Record& record)
{
    record.set(flag_rpro | flag_putf, false);
    if (record.stat == pv::AlarmStatus::disable) {
        return;
    }
    record.sevr = static_cast<pv::Severity>(cold_number(record, field_diss));
    record.stat = pv::AlarmStatus::disable;
    record.nsev = pv::Severity::no_alarm;
    record.nsta = pv::AlarmStatus::no_alarm;
    post(record, field_stat, pv::Mask::value);
    post(record, field_sevr, pv::Mask::value);
    post(record, type(record).value_field, pv::Mask::value | pv::Mask::alarm);
}

void Core::copy_time(Record& record, const Record& from)
{
    take_time(record, from.time, user_tag(from));
}

void Core::copy_time(Record& record, const Remote& from)
{
    if (from.has_value()) {
        take_time(record, from.time.ns, from.user_tag);
    }
}

void Core::take_time(Record& record, std::int64_t time, std::uint64_t user_tag)
{
    record.time = time;
    if (user_tag != this->user_tag(record)) {
        cold.set(record, field(record, field_utag), pv::Value::of(user_tag));
        record.set(flag_user_tag, user_tag != 0);
    }
}

/// TSEL to a TIME field: false where it is another link.
bool Core::follow_time(Record& record, const Link& source)
{
    if (!source.is(link_time)) {
        return false;
    }
    if (source.kind == LinkKind::remote) {
        copy_time(record, remotes.at(source));
    } else {
        copy_time(record, records[source.target.record]);
    }
    return true;
}

void Core::set_other_time(Record& record)
{
    const Field& tsel = field(record, field_tsel);
    const LinkId source = tsel.get_link(*this, record, tsel);
    if (source != no_link && links[source].kind >= LinkKind::record) {
        if (follow_time(record, links[source])) {
            return;
        }
        Cycle cycle(*this, record, false, record.time);
        std::int16_t event = 0;
        if (cycle.read_as(source, event)) {
            cold.set(record, field(record, field_tse), pv::Value::of(event));
        }
    }
    const int event = static_cast<int>(cold_number(record, field_tse));
    if (event == device_time && !(type(record).output && is_simulated(*this, record))) {
        return;
    }
    if (event != 0 && event != device_time) { // -1, the best time, is an event like others there
        with.log.warning(fmt::format("db.time_event {}", event),
                         "{}: no provider of time event {}, so the stamp stays as it was", name(record), event);
        return;
    }
    record.time = std::max(clock().ns, record.time + 1);
}

void Core::update_flags(Record& record)
{
    const Field& sdis = field(record, field_sdis);
    const LinkId disable = sdis.get_link(*this, record, sdis);
    const bool linked = disable != no_link && !links[disable].is_constant();
    record.set(flag_may_be_disabled, linked || cold_number(record, field_disa) == cold_number(record, field_disv));
    const Field& tsel = field(record, field_tsel);
    record.set(flag_stamped, cold_number(record, field_tse) != 0 || tsel.get_link(*this, record, tsel) != no_link);
    record.set(flag_simulated, may_be_simulated(*this, record));
}

} // namespace iochron::db
