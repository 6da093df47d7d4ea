// Device kinds that reach for the host by what the Database was given: "getenv" and "stdio" of EPICS base.
#include "db/cycle.h"
#include "db/device_address.h"
#include "db/record_fields.h"
#include "db/soft_devices.h"
#include "pv/convert.h"

#include <algorithm>
#include <array>

namespace iochron::db {

namespace {

Transfer read_variable(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const std::string name = device_address(core, record);
    const auto value = core.with.variable ? core.with.variable(name) : std::nullopt;
    if (!cycle.accept(pv::Value::of(std::string_view(value ? *value : std::string()))).ok()) {
        return Transfer::failed;
    }
    if (!value) {
        record.set(flag_udf);
        cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(core.cold_number(record, field_udfs)),
                    "No such ENV");
    }
    return Transfer::done;
}

constexpr std::array<std::string_view, 3> streams = {"stdout", "stderr", "errlog"};

Transfer print(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const std::string stream = device_address(core, record);
    const pv::Value value = core.value(record, core.type(record).value_field);
    const std::string text = value.is_text() ? std::string(value.text()) : std::string(pv::text_of_characters(value));
    if (stream == "errlog") {
        core.with.log.info("db.device", "{}", text);
    } else if (core.with.print && std::ranges::find(streams, stream) != streams.end()) {
        core.with.print(stream == "stdout" ? 1 : 2, text);
    }
    return Transfer::done;
}

void check_stream(Core& core, Record& record)
{
    if (const std::string stream = device_address(core, record); std::ranges::find(streams, stream) == streams.end()) {
        core.with.log.error("db.device", "{}: stdio prints to stdout, stderr or errlog, not to \"{}\"",
                            core.name(record), stream);
    }
}

} // namespace

void add_host_devices(RecordType& type)
{
    if (type.name == "stringin" || type.name == "lsi") {
        type.devices.push_back({.name = "getenv", .transfer = read_variable, .addressed = true});
    } else if (type.name == "stringout" || type.name == "lso" || type.name == "printf") {
        type.devices.push_back({.name = "stdio", .transfer = print, .addressed = true, .init = check_stream});
    }
}

} // namespace iochron::db
