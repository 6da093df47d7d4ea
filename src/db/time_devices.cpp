// Device kinds that tell the time: "Soft Timestamp" and "General Time" of EPICS base.
#include "db/cycle.h"
#include "db/device_address.h"
#include "db/soft_devices.h"
#include "db/stamp_text.h"

#include <array>
#include <utility>

namespace iochron::db {

namespace {

double seconds_since_1990(std::int64_t ns)
{
    return static_cast<double>(ns - base::undefined_stamp.ns) * 1e-9;
}

Transfer accepted(Cycle& cycle, const pv::Value& value)
{
    return cycle.accept(value).ok() ? Transfer::done : Transfer::failed;
}

/// "Soft Timestamp" of ai: seconds since 1990, with the record's stamp.
Transfer read_stamp(Record& record, Cycle& cycle)
{
    cycle.stamp();
    return accepted(cycle, pv::Value::of(seconds_since_1990(record.time)));
}

/// "Soft Timestamp" of stringin: the record's stamp in the format that the address holds.
Transfer read_stamp_text(Record& record, Cycle& cycle)
{
    cycle.stamp();
    return accepted(cycle, pv::Value::of(stamp_text({record.time}, device_address(cycle.core(), record))));
}

// "General Time". There is one provider of times here, the system's clock, which counts no errors, and none of events.
// Nor has base one that was the best: it takes its times from the clock without asking any.

Transfer read_now(Record&, Cycle& cycle)
{
    return accepted(cycle, pv::Value::of(seconds_since_1990(cycle.core().clock().ns)));
}

Transfer read_error_count(Record&, Cycle& cycle)
{
    return accepted(cycle, pv::Value::of(std::int32_t{0}));
}

Transfer reset_error_count(Record&, Cycle&)
{
    return Transfer::done;
}

Transfer read_provider(Record& record, Cycle& cycle)
{
    if (is_address(device_address(cycle.core(), record), "TOPTCP")) {
        return accepted(cycle, pv::Value::of(std::string_view("OS Clock")));
    }
    const Transfer transfer = accepted(cycle, pv::Value::of(std::string_view("No working providers")));
    cycle.alarm(pv::AlarmStatus::read, pv::Severity::major);
    return transfer;
}

template <class... Words>
void check(Core& core, Record& record, Words... words)
{
    const std::string address = device_address(core, record);
    if (!(is_address(address, words) || ...)) {
        refuse_address(core, record, address);
    }
}

} // namespace

void add_time_devices(RecordType& type)
{
    const auto add = [&](std::string_view name, Transfer (*transfer)(Record&, Cycle&), void (*init)(Core&, Record&)) {
        type.devices.push_back({.name = std::string(name), .transfer = transfer, .addressed = true, .init = init});
    };
    if (type.name == "ai") {
        add("Soft Timestamp", read_stamp, nullptr);
        add("General Time", read_now, [](Core& core, Record& record) { check(core, record, "TIME"); });
    } else if (type.name == "bo") {
        add("General Time", reset_error_count, [](Core& core, Record& record) { check(core, record, "RSTERRCNT"); });
    } else if (type.name == "longin") {
        add("General Time", read_error_count, [](Core& core, Record& record) { check(core, record, "GETERRCNT"); });
    } else if (type.name == "stringin") {
        add("Soft Timestamp", read_stamp_text, nullptr);
        add("General Time", read_provider,
            [](Core& core, Record& record) { check(core, record, "BESTTCP", "TOPTCP", "BESTTEP"); });
    }
}

} // namespace iochron::db
