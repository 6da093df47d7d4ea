#include "db/analog.h"
#include "db/output.h"
#include "db/range.h"
#include "pv/convert.h"

#include <cmath>

namespace iochron::db {

namespace {

/// How the desired value becomes the output value and the raw value.
struct Driving {
    double drvh = 0;
    double drvl = 0;
    double oroc = 0;
    double aslo = 0;
    double aoff = 0;
    double eslo = 1;
    double eoff = 0;
    double egul = 0;
    double eguf = 0;
    std::uint32_t roff = 0;
    std::uint8_t linr = 0;
    std::uint8_t oif = 0;
    char unused[2] = {};
};
static_assert(sizeof(Driving) == 80); // no padding: see Shared

constexpr std::uint8_t no_conversion = 0;
constexpr std::uint8_t slope = 1;
constexpr std::uint8_t linear = 2;
constexpr std::uint8_t incremental = 1;

constexpr std::array<std::string_view, 2> full_or_incremental = {"Full", "Incremental"};
const Menu menu_full_or_incremental{"aoOIF", full_or_incremental};

/// The ao record: VAL from a client or from DOL becomes OVAL, and RVAL, to a device.
struct Ao : AnalogRecord {
    const Driving* driving = nullptr;
    double oval = 0;
    double pval = 0;
    std::int32_t rval = 0;
    std::int32_t oraw = 0;
    std::int32_t rbv = 0;
    std::int32_t orbv = 0;
    LinkId out = no_link;
    LinkId dol = no_link;
    OutputMode omsl = OutputMode::supervisory;
    bool oval_changed = false; ///< OMOD
    std::int16_t starting = 0; ///< INIT

    void init(Core& core);
    [[nodiscard]] bool fetch(Cycle& cycle, double& value);
    void convert(double value);
    Step process(Cycle& cycle);
    void finish(Cycle& cycle);
    void use(Cycle&, const pv::Value& value) { convert(value.get<double>()); }
    [[nodiscard]] pv::Value output() const { return pv::Value::of(oval); }
    [[nodiscard]] pv::Value raw_output() const { return pv::Value::of(rval); }
};

Ao& ao_of(Record& record)
{
    return static_cast<Ao&>(record);
}

void Ao::init(Core& core)
{
    const pv::Value constant = core.constant(dol, pv::ScalarType::float64);
    if (!constant.empty()) {
        val = constant.get<double>();
        set(flag_udf, std::isnan(val));
    }
    starting = 1;
    if (driving->eslo == 1 && driving->eoff == 0 && driving->linr != slope) {
        core.pools.change(driving, [](Driving& d) { d.eoff = d.egul; });
    }
    oval = pval = mlst = alst = lalm = val;
    oraw = rval;
    orbv = rbv;
}

bool Ao::fetch(Cycle& cycle, double& value)
{
    val = pval; // a put to VAL has no effect in closed loop
    if (!cycle.read(dol, value)) {
        cycle.miss_input();
        return false;
    }
    if (driving->oif == incremental) {
        value += val;
    }
    return true;
}

void Ao::convert(double value)
{
    const Driving& d = *driving;
    if (d.drvh > d.drvl) {
        value = value > d.drvh ? d.drvh : value < d.drvl ? d.drvl : value;
    }
    val = pval = value;
    if (d.oroc != 0) {
        const double step = value - oval;
        if (step < 0 ? d.oroc < -step : d.oroc < step) {
            value = step < 0 ? oval - d.oroc : oval + d.oroc;
        }
    }
    oval_changed = oval != value;
    oval = value;
    if (d.linr != no_conversion) {
        value = d.eslo == 0 ? 0 : (value - d.eoff) / d.eslo;
    }
    value -= d.aoff;
    value = (d.aslo != 0 ? value / d.aslo : value) - d.roff;
    constexpr double top = 2147483647.0;
    if (value >= 0) {
        rval = value >= top - 0.5 ? INT32_MAX : static_cast<std::int32_t>(value + 0.5);
    } else {
        rval = value > 0.5 - top - 1 ? static_cast<std::int32_t>(value - 0.5) : INT32_MIN; // NaN too
    }
}

Step Ao::process(Cycle& cycle)
{
    if (!cycle.completing()) {
        double value = val;
        const bool closed = omsl == OutputMode::closed_loop && !cycle.is_constant(dol);
        if (!closed || fetch(cycle, value)) {
            convert(value);
        }
        set(flag_udf, std::isnan(val));
        cycle.stamp(); // before its own alarms, as a TSEL link may pass one on
    }
    check_limits(cycle);
    return drive(*this, cycle);
}

void Ao::finish(Cycle& cycle)
{
    starting = 0;
    pv::Mask mask = changes(cycle);
    if (any(mask)) {
        cycle.post(common_fields, mask, pv::Value::of(val));
    }
    if (oval_changed) {
        mask |= pv::Mask::value | pv::Mask::log;
    }
    if (any(mask)) {
        oval_changed = false;
        cycle.post("OVAL", mask);
        cycle.post_changed("RVAL", rval, oraw, mask);
        cycle.post_changed("RBV", rbv, orbv, mask);
    }
}

Transfer write_soft(Record& record, Cycle& cycle)
{
    return cycle.write(ao_of(record).out, ao_of(record).output()) ? Transfer::done : Transfer::failed;
}

Transfer write_raw(Record& record, Cycle& cycle)
{
    return cycle.write(ao_of(record).out, ao_of(record).raw_output()) ? Transfer::done : Transfer::failed;
}

/// Breakpoint tables are not there, so a LINR that names one is refused rather than ignored.
pv::Status check_linear(Core&, Record& record, const Field&)
{
    Ao& ao = ao_of(record);
    if (ao.driving->linr > linear) {
        return {pv::Outcome::put_failed, "breakpoint tables are not supported; LINR is NO CONVERSION, SLOPE or LINEAR"};
    }
    ao.starting = 1;
    return {};
}

pv::Status accept(Core&, Record& record, const pv::Value& value)
{
    const auto number = pv::to_double(value);
    if (!number) {
        return number.error();
    }
    ao_of(record).val = *number;
    record.set(flag_udf, std::isnan(*number));
    return {};
}

Field computed_flag()
{
    return computed(
        "OMOD", Dbf::uint8,
        [](const Core&, const Record& r, const Field&) {
            return pv::Value::of(static_cast<std::uint8_t>(static_cast<const Ao&>(r).oval_changed ? 1 : 0));
        },
        nullptr, "Was OVAL modified?", nomod | hidden);
}

std::vector<Field> conversion_table()
{
    constexpr auto p = &Ao::driving;
    using D = Driving;
    return {
        shared<p, &D::oroc>("OROC", "Output Rate of Change"),
        shared_menu<p, &D::oif>("OIF", menu_full_or_incremental, "Out Full/Incremental"),
        shared_menu<p, &D::linr>("LINR", menu_convert, "Linearization", pp).with(Special::type),
        shared<p, &D::eguf>("EGUF", "Eng Units Full", pp).with(Special::type),
        shared<p, &D::egul>("EGUL", "Eng Units Low", pp).with(Special::type),
        shared<p, &D::roff>("ROFF", "Raw Offset", pp),
        shared<p, &D::eoff>("EOFF", "EGU to Raw Offset", pp),
        shared<p, &D::eslo>("ESLO", "EGU to Raw Slope", pp).starts_as("1"),
        shared<p, &D::drvh>("DRVH", "Drive High Limit", pp | prop),
        shared<p, &D::drvl>("DRVL", "Drive Low Limit", pp | prop),
        shared<p, &D::aoff>("AOFF", "Adjustment Offset", pp),
        shared<p, &D::aslo>("ASLO", "Adjustment Slope", pp),
    };
}

std::vector<Field> table()
{
    std::vector<Field> fields = {
        field<&Ao::val>("VAL", "Desired Output", pp | asl0),
        field<&Ao::oval>("OVAL", "Output Value"),
        link<&Ao::out>("OUT", Dbf::outlink, "Output Specification"),
        link<&Ao::dol>("DOL", Dbf::inlink, "Desired Output Link"),
        menu<&Ao::omsl>("OMSL", menu_output_mode, "Output Mode Select"),
        field<&Ao::rval>("RVAL", "Current Raw Value", pp),
        field<&Ao::oraw>("ORAW", "Previous Raw Value", nomod | hidden),
        field<&Ao::rbv>("RBV", "Readback Value", nomod | hidden),
        field<&Ao::orbv>("ORBV", "Prev Readback Value", nomod | hidden),
        field<&Ao::pval>("PVAL", "Previous value", nomod | hidden),
        noaccess("PBRK", "Ptrto brkTable"),
        field<&Ao::starting>("INIT", "Initialized?", nomod | hidden),
        cold("LBRK", Dbf::int16, "LastBreak Point", nomod | hidden),
        computed_flag(),
    };
    std::ranges::move(conversion_table(), std::back_inserter(fields));
    std::ranges::copy_if(analog_table(), std::back_inserter(fields), [](const Field& f) { return f.name != "AFTC"; });
    std::ranges::move(simulation_table(menu_simulation, Dbf::outlink), std::back_inserter(fields));
    std::ranges::move(invalid_output_table(Dbf::float64), std::back_inserter(fields));
    return fields;
}

void describe(const Core& core, const Record& record, const Field& field, pv::Meta& meta)
{
    describe_analog(core, record, field, meta);
    const Ao& ao = static_cast<const Ao&>(record);
    const bool output_value = field.name == "OVAL" || field.name == "PVAL";
    if (field.name == "ASLO" || field.name == "AOFF") {
        meta.units.clear();
    }
    if (output_value || field.name == "IVOV") {
        meta.display = {ao.settings->lopr, ao.settings->hopr};
    }
    if (output_value || has_number_limits(field)) {
        meta.control = {ao.driving->drvl, ao.driving->drvh};
    }
}

} // namespace

RecordType ao_type()
{
    RecordType type = record_type<Ao>("ao");
    type.fields = table();
    type.devices = {
        {.name = "Soft Channel", .transfer = write_soft},
        {.name = "Raw Soft Channel", .transfer = write_raw, .raw = true},
        async_soft_channel(write_soft),
    };
    type.adopt = [](Core& core, Record& record) {
        ao_of(record).adopt(core);
        ao_of(record).driving = core.pools.of<Driving>().take({});
    };
    type.release = [](Core& core, Record& record) {
        ao_of(record).release(core);
        core.pools.of<Driving>().release(ao_of(record).driving);
    };
    type.special = check_linear;
    type.describe = describe;
    type.accept = accept;
    return type;
}

} // namespace iochron::db
