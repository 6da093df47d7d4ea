#include "db/cycle.h"

#include "db/record_fields.h"
#include "pv/convert.h"

#include <fmt/format.h>

namespace iochron::db {

void inherit_alarm(Core& core, Record& to, Inherit mode, pv::Alarm alarm, std::string_view message)
{
    Cycle cycle(core, to, false, to.time);
    if (mode == Inherit::status) {
        cycle.alarm(alarm.status, alarm.severity, message);
    } else if (mode == Inherit::severity || (mode == Inherit::invalid && alarm.severity >= pv::Severity::invalid)) {
        cycle.alarm(pv::AlarmStatus::link, alarm.severity);
    }
}

void Cycle::inherit(Inherit mode, const Record& from)
{
    if (&from != &record_) {
        const std::string* const message = core_.message(from);
        inherit_alarm(core_, record_, mode, {from.sevr, from.stat},
                      message == nullptr ? std::string_view{} : std::string_view(*message));
    }
}

bool Cycle::read_slowly(LinkId link, double& number)
{
    if (core_.links[link].is_constant()) {
        return true;
    }
    const pv::Value value = core_.read_link_as(record_, link, pv::ScalarType::float64);
    if (value.empty()) {
        return false;
    }
    number = value.get<double>();
    return true;
}

void Cycle::copy_time(LinkId link)
{
    constexpr double device_time = -2;
    const Field& tsel = core_.field(record_, field_tsel);
    const bool by_device =
        core_.cold_number(record_, field_tse) == device_time && is_constant(tsel.get_link(core_, record_, tsel));
    if (!by_device || link == no_link) {
        return;
    }
    if (core_.links[link].kind == LinkKind::remote) {
        core_.copy_time(record_, core_.remotes.at(core_.links[link]));
    } else if (core_.links[link].kind == LinkKind::record) {
        core_.copy_time(record_, core_.records[core_.links[link].target.record]);
    }
}

bool Cycle::write(LinkId link, const pv::Value& value)
{
    if (link == no_link || core_.links[link].is_constant()) {
        return true;
    }
    const Link to = core_.links[link];
    if (to.kind == LinkKind::remote && core_.remotes.put(to, value, waits_for_writes())) {
        return true;
    }
    if (to.kind != LinkKind::record) {
        core_.raise_link_alarm(record_, link);
        return false;
    }
    Record& target = core_.records[to.target.record];
    const Field& field = core_.field(target, to.target.field);
    if (to.is(link_ca)) {
        write_as_client(target, field, value);
        return true;
    }
    const pv::Status status = core_.put(target, field, value);
    if (to.inherit != Inherit::none) {
        inherit_alarm(core_, target, to.inherit, {record_.nsev, record_.nsta}, next_message());
    }
    if (!status.ok()) {
        core_.raise_link_alarm(record_, link);
        return false;
    }
    const bool processes = field.index == field_proc || (to.is(link_pp) && target.scan == scan_passive);
    if (processes && !core_.process_target(record_, target)) {
        core_.raise_link_alarm(record_, link);
        return false;
    }
    return true;
}

// What EPICS Base does with "CA": a put by Channel Access, which is done a little later, whose failure nobody hears of,
// and which passes no alarm on. Only "Async Soft Channel" waits for the processing.
void Cycle::write_as_client(Record& target, const Field& field, const pv::Value& value)
{
    const bool refused = target.is(flag_disp) && field.index != field_disp;
    if (refused || !core_.put(target, field, value).ok() || !core_.would_process(target, field, {})) {
        return;
    }
    if (waits_for_writes()) {
        (void)core_.process_target(record_, target);
    } else if (target.is(flag_pact)) {
        target.set(flag_rpro);
    } else {
        target.set(flag_putf);
        core_.triggers.push(target);
    }
}

bool Cycle::waits_for_writes() const
{
    return !core_.devices[record_.type].empty() && core_.device(record_).name == "Async Soft Channel";
}

std::string Cycle::next_message() const
{
    const auto found = core_.messages.find(record_.id);
    return found == core_.messages.end() ? std::string() : found->second.next;
}

void Cycle::set_next_message(std::string_view message)
{
    const auto found = core_.messages.find(record_.id);
    const std::string now = found == core_.messages.end() ? std::string() : found->second.now;
    core_.set_messages(record_, now, message);
}

pv::Mask Cycle::change_alarm()
{
    const pv::Alarm before{record_.sevr, record_.stat};
    bool new_message = false;
    if (record_.is(flag_message)) {
        const Messages messages = core_.messages[record_.id];
        new_message = messages.now != messages.next;
        core_.set_messages(record_, messages.next, {});
    }
    record_.stat = std::exchange(record_.nsta, pv::AlarmStatus::no_alarm);
    record_.sevr = std::exchange(record_.nsev, pv::Severity::no_alarm);
    const bool new_severity = before.severity != record_.sevr;
    pv::Mask mask = new_severity || new_message ? pv::Mask::alarm : pv::Mask::none;
    if (new_severity) {
        core_.post(record_, field_sevr, pv::Mask::value);
    }
    if (before.status != record_.stat) {
        mask |= pv::Mask::value;
    }
    if (!any(mask)) {
        return mask;
    }
    core_.post(record_, field_stat, mask);
    core_.post(record_, field_amsg, mask);
    if (!record_.is(flag_ackt) || record_.sevr >= record_.acks) {
        record_.acks = record_.sevr;
        core_.post(record_, field_acks, pv::Mask::value);
    }
    return pv::Mask::alarm;
}

} // namespace iochron::db
