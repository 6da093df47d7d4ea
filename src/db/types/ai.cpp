#include "db/analog.h"
#include "db/simulation.h"
#include "pv/convert.h"

#include <cmath>

namespace iochron::db {

namespace {

/// How a raw value becomes an engineering value.
struct Conversion {
    double aslo = 1;
    double aoff = 0;
    double eslo = 1;
    double eoff = 0;
    double egul = 0;
    double eguf = 0;
    double smoo = 0;
    std::uint32_t roff = 0;
    std::uint8_t linr = 0;
    char unused[3] = {};
};
static_assert(sizeof(Conversion) == 64); // no padding: see Shared

constexpr std::uint8_t no_conversion = 0;
constexpr std::uint8_t slope = 1;
constexpr std::uint8_t linear = 2;

/// The ai record: VAL from a device, converted from RVAL where that delivers raw values.
struct Ai : AnalogRecord {
    const Conversion* conversion = nullptr;
    LinkId inp = no_link;
    std::int32_t rval = 0;
    std::int32_t oraw = 0;
    std::int16_t starting = 0;     ///< INIT: the next conversion takes no part of the value before
    bool has_value_before = false; ///< VAL was read from INP last time, so that it may be smoothed

    void init(Core& core);
    Step process(Cycle& cycle);
    void finish(Cycle& cycle);
    void convert();
};

Ai& ai_of(Record& record)
{
    return static_cast<Ai&>(record);
}

double smoothed(double fresh, double before, double smoothing)
{
    return fresh * (1 - smoothing) + before * smoothing;
}

/// "Soft Channel": INP holds an engineering value.
Transfer read_soft(Record& record, Cycle& cycle)
{
    Ai& ai = ai_of(record);
    if (cycle.is_constant(ai.inp)) {
        return Transfer::done;
    }
    double fresh = 0;
    if (!cycle.read(ai.inp, fresh)) {
        ai.has_value_before = false;
        return Transfer::failed;
    }
    cycle.take_time(ai.inp);
    const double smoothing = ai.conversion->smoo;
    const bool smooth = smoothing != 0 && ai.has_value_before && std::isfinite(ai.val);
    ai.val = smooth ? smoothed(fresh, ai.val, smoothing) : fresh;
    ai.has_value_before = true;
    return Transfer::done;
}

/// "Raw Soft Channel": INP holds a raw value.
Transfer read_raw(Record& record, Cycle& cycle)
{
    Ai& ai = ai_of(record);
    if (!cycle.read_as(ai.inp, ai.rval)) {
        return Transfer::failed;
    }
    cycle.take_time(ai.inp);
    return Transfer::raw;
}

void Ai::init(Core& core)
{
    starting = 1;
    if (conversion->eslo == 1 && conversion->eoff == 0 && conversion->linr != slope) {
        core.pools.change(conversion, [](Conversion& c) { c.eoff = c.egul; });
    }
    const Device& device = core.device(*this);
    if (device.raw) {
        const pv::Value raw = core.constant(inp, pv::ScalarType::int32);
        rval = raw.empty() ? rval : raw.get<std::int32_t>();
    } else if (core.constant(inp, val)) {
        set(flag_udf, false);
    }
    if (device.addressed) { // EPICS Base leaves that out where the device kind has an init_record, as soft ones do
        mlst = alst = lalm = val;
        oraw = rval;
    }
}

Step Ai::process(Cycle& cycle)
{
    const auto store = [this](const pv::Value& value, bool raw) {
        if (raw) {
            rval = pv::number_cast<std::int32_t>(std::floor(value.get<double>()));
        } else {
            val = value.get<double>();
        }
    };
    const Transfer transfer = read_input(*this, cycle, store);
    if (transfer == Transfer::wait) {
        return Step::wait;
    }
    if (transfer == Transfer::raw) {
        convert();
    }
    if (transfer != Transfer::failed) {
        set(flag_udf, std::isnan(val));
    }
    return step_of(transfer);
}

void Ai::convert()
{
    const Conversion& c = *conversion;
    double fresh = static_cast<double>(rval) + static_cast<double>(c.roff);
    fresh = (c.aslo != 0 ? fresh * c.aslo : fresh) + c.aoff;
    if (c.linr != no_conversion) {
        fresh = fresh * c.eslo + c.eoff;
    }
    if (c.smoo != 0 && std::isfinite(val)) {
        val = smoothed(fresh, starting != 0 ? fresh : val, c.smoo);
    } else {
        val = fresh;
    }
}

void Ai::finish(Cycle& cycle)
{
    check_limits(cycle);
    const pv::Mask mask = changes(cycle);
    if (any(mask)) {
        cycle.post(common_fields, mask, pv::Value::of(val));
        if (oraw != rval) {
            cycle.post(cycle.core().type(*this).find("RVAL")->index, mask);
            oraw = rval;
        }
    }
    starting = 0;
}

/// Breakpoint tables are not there, so a LINR that names one is refused rather than ignored.
pv::Status check_linear(Core&, Record& record, const Field&)
{
    Ai& ai = ai_of(record);
    if (ai.conversion->linr > linear) {
        return {pv::Outcome::put_failed, "breakpoint tables are not supported; LINR is NO CONVERSION, SLOPE or LINEAR"};
    }
    ai.starting = 1;
    return {};
}

pv::Status accept(Core& core, Record& record, const pv::Value& value)
{
    Ai& ai = ai_of(record);
    const auto number = pv::to_double(value);
    if (!number) {
        return number.error();
    }
    if (core.device(ai).raw) {
        ai.rval = pv::number_cast<std::int32_t>(*number);
    } else {
        ai.val = *number;
        ai.set(flag_udf, std::isnan(*number));
    }
    return {};
}

std::vector<Field> table()
{
    constexpr auto p = &Ai::conversion;
    using C = Conversion;
    std::vector<Field> fields = analog_values("Current EGU Value", pp);
    std::vector<Field> own = {
        link<&Ai::inp>("INP", Dbf::inlink, "Input Specification"),
        shared_menu<p, &C::linr>("LINR", menu_convert, "Linearization", pp).with(Special::type),
        shared<p, &C::eguf>("EGUF", "Engineer Units Full", pp).with(Special::type),
        shared<p, &C::egul>("EGUL", "Engineer Units Low", pp).with(Special::type),
        shared<p, &C::aoff>("AOFF", "Adjustment Offset", pp),
        shared<p, &C::aslo>("ASLO", "Adjustment Slope", pp).starts_as("1"),
        shared<p, &C::smoo>("SMOO", "Smoothing"),
        shared<p, &C::eslo>("ESLO", "Raw to EGU Slope", pp).starts_as("1"),
        shared<p, &C::eoff>("EOFF", "Raw to EGU Offset", pp),
        shared<p, &C::roff>("ROFF", "Raw Offset", pp),
        field<&Ai::starting>("INIT", "Initialized?", nomod | hidden),
        noaccess("PBRK", "Ptrto brkTable"),
        cold("LBRK", Dbf::int16, "LastBreak Point", nomod | hidden),
        field<&Ai::rval>("RVAL", "Current Raw Value", pp),
        field<&Ai::oraw>("ORAW", "Previous Raw Value", nomod | hidden),
    };
    std::ranges::move(own, std::back_inserter(fields));
    std::ranges::move(analog_table(), std::back_inserter(fields));
    std::ranges::move(simulation_table(menu_simulation, Dbf::inlink, Dbf::float64), std::back_inserter(fields));
    return fields;
}

void describe(const Core& core, const Record& record, const Field& field, pv::Meta& meta)
{
    describe_analog(core, record, field, meta);
    if (field.name == "ASLO" || field.name == "AOFF" || field.name == "SMOO") {
        meta.units.clear();
    }
}

} // namespace

RecordType ai_type()
{
    RecordType type = record_type<Ai>("ai");
    type.fields = table();
    type.devices = {
        {.name = "Soft Channel", .transfer = read_soft, .raw = false},
        {.name = "Raw Soft Channel", .transfer = read_raw, .raw = true},
    };
    type.adopt = [](Core& core, Record& record) {
        ai_of(record).adopt(core);
        ai_of(record).conversion = core.pools.of<Conversion>().take({});
    };
    type.release = [](Core& core, Record& record) {
        ai_of(record).release(core);
        core.pools.of<Conversion>().release(ai_of(record).conversion);
    };
    type.special = check_linear;
    type.describe = describe;
    type.accept = accept;
    return type;
}

} // namespace iochron::db
