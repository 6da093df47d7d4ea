#include "db/core.h"
#include "db/cycle.h"
#include "db/record_fields.h"
#include "db/simulation.h"

#include <fmt/format.h>

namespace iochron::db {

namespace {

constexpr std::uint8_t most_locked = 10;
constexpr int best_time = -1;
constexpr int device_time = -2;

} // namespace

// hot: two calls of the record type, no allocation.
void Core::process(Record& record)
{
    if ((record.flags & (flag_pact | flag_may_be_disabled | flag_tpro)) != 0) [[unlikely]] {
        if (!may_process(record)) {
            return;
        }
    }
    record.lcnt = 0;
    record.flags |= flag_pact | flag_running;
    ++processed_now;
    const RecordType& type = this->type(record);
    Cycle cycle(*this, record, false, record.time);
    if (type.process(record, cycle) == Step::wait) [[unlikely]] {
        record.set(flag_running, false);
        waits.attach(record, wait);
        return;
    }
    set_time(record);
    type.finish(record, cycle);
    conclude(record);
}

void Core::conclude(Record& record)
{
    if (record.flnk != no_link) {
        follow(record);
    }
    if (record.is(flag_rpro)) [[unlikely]] {
        record.set(flag_rpro, false);
        triggers.push(record);
    }
    record.set(flag_pact | flag_putf | flag_running, false);
}

void Core::complete(Record& record)
{
    if (!record.is(flag_pact) || record.is(flag_running)) {
        return;
    }
    record.set(flag_running);
    Waits::OfRecord waited = waits.detach(record);
    const base::Handle outer = std::exchange(wait, waited.waits.empty() ? base::Handle{} : waited.waits.front());
    const RecordType& type = this->type(record);
    Cycle cycle(*this, record, true, record.time);
    if (type.process(record, cycle) == Step::wait) {
        record.set(flag_running, false);
        for (const base::Handle handle : waited.waits) {
            waits.attach(record, handle);
        }
    } else {
        set_time(record);
        type.finish(record, cycle);
        conclude(record);
    }
    wait = outer;
    for (const base::Handle handle : waited.waits) {
        release(handle);
    }
    run_late_puts(record, std::move(waited.puts));
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
        ended.push_back({found->sink, found->token, found->channel, {}});
        waits.end(handle);
    }
}

void Core::process_target(Record& source, Record& target)
{
    if (depth >= with.limits.link_depth) {
        nested_too_deep.add();
        triggers.push(target);
        return;
    }
    const bool was_active = source.is(flag_pact);
    source.set(flag_pact); // so that a chain which leads back here ends here
    if (!target.is(flag_pact)) {
        target.set(flag_putf, source.is(flag_putf));
    } else if (source.is(flag_putf) && !target.is(flag_running)) {
        target.set(flag_putf, false);
        target.set(flag_rpro);
        waits.attach(target, wait);
    }
    ++depth;
    process(target);
    --depth;
    source.set(flag_pact, was_active);
}

void Core::follow(Record& record)
{
    const Link& link = links[record.flnk];
    if (link.kind != LinkKind::record) {
        return;
    }
    Record& target = records[link.target.record];
    if (link.is(link_ca)) {
        triggers.push(target);
    } else if (target.scan == scan_passive) {
        process_target(record, target);
    }
}

bool Core::may_process(Record& record)
{
    if (record.is(flag_tpro)) {
        with.log.info("db.trace", "process {}{}", name(record), record.is(flag_pact) ? ", which is active" : "");
    }
    if (record.is(flag_pact)) {
        still_active(record);
        return false;
    }
    if (record.is(flag_may_be_disabled) && is_disabled(record)) {
        raise_disabled(record);
        return false;
    }
    return true;
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
    double number = cold.get(record, disa).as_double();
    if (cycle.read(sdis, number)) {
        cold.set(record, disa, pv::Value::of(static_cast<std::int16_t>(number)));
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

void Core::set_other_time(Record& record)
{
    const Field& tsel = field(record, field_tsel);
    const LinkId source = tsel.get_link(*this, record, tsel);
    if (source != no_link && links[source].kind == LinkKind::record) {
        if (links[source].is(link_time)) {
            const Record& from = records[links[source].target.record];
            record.time = from.time;
            cold.set(record, field(record, field_utag), pv::Value::of(user_tag(from)));
            record.set(flag_user_tag, user_tag(from) != 0);
            return;
        }
        Cycle cycle(*this, record, false, record.time);
        double event = 0;
        if (cycle.read(source, event)) {
            cold.set(record, field(record, field_tse), pv::Value::of(static_cast<std::int16_t>(event)));
        }
    }
    const int event = static_cast<int>(cold_number(record, field_tse));
    if (event == device_time) {
        return;
    }
    if (event != 0 && event != best_time) {
        with.log.warning(fmt::format("db.time_event {}", event),
                         "{}: no provider of time event {}; the stamp is the present time", name(record), event);
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
    record.set(flag_simulated, may_be_simulated(*this, record));
    record.set(flag_stamped, cold_number(record, field_tse) != 0 || tsel.get_link(*this, record, tsel) != no_link);
    record.set(flag_simulated, may_be_simulated(*this, record));
}

} // namespace iochron::db
