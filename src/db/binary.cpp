#include "db/binary.h"

#include "db/record_fields.h"
#include "pv/convert.h"

namespace iochron::db {

namespace {

BinaryRecord& binary(Record& record)
{
    return static_cast<BinaryRecord&>(record);
}

} // namespace

void BinaryRecord::check_state(Cycle& cycle)
{
    if (is(flag_udf)) [[unlikely]] {
        cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(cycle.core().cold_number(*this, field_udfs)));
        if (!cycle.core().type(*this).output) {
            return;
        }
    }
    if (val > 1 && !cycle.core().type(*this).output) {
        return;
    }
    cycle.alarm(pv::AlarmStatus::state, val == 0 ? settings->zsv : settings->osv);
    if (val != lalm) {
        cycle.alarm(pv::AlarmStatus::cos, settings->cosv);
        lalm = val;
    }
}

pv::Mask BinaryRecord::post_changes(Cycle& cycle)
{
    pv::Mask mask = cycle.reset_alarms();
    if (mlst != val) {
        mask |= pv::Mask::value | pv::Mask::log;
        mlst = val;
    }
    if (any(mask)) {
        cycle.post(common_fields, mask, pv::Value::enumeration(val));
    }
    cycle.post_changed("RVAL", rval, oraw, mask);
    return mask;
}

std::vector<Field> binary_table()
{
    using R = BinaryRecord;
    using S = BinarySettings;
    constexpr auto p = &R::settings;
    return {
        shared_menu<p, &S::zsv>("ZSV", menu_severity, "Zero Error Severity", pp),
        shared_menu<p, &S::osv>("OSV", menu_severity, "One Error Severity", pp),
        shared_menu<p, &S::cosv>("COSV", menu_severity, "Change of State Sevr", pp),
        shared_text<p, &S::znam>("ZNAM", "Zero Name", pp | prop),
        shared_text<p, &S::onam>("ONAM", "One Name", pp | prop),
        field<&R::rval>("RVAL", "Raw Value", pp),
        field<&R::oraw>("ORAW", "prev Raw Value", nomod | hidden),
        field<&R::mask>("MASK", "Hardware Mask", nomod),
        field<&R::lalm>("LALM", "Last Value Alarmed", nomod | hidden),
        field<&R::mlst>("MLST", "Last Value Monitored", nomod | hidden),
    };
}

std::vector<std::string> binary_choices(const Core&, const Record& record, const Field& field)
{
    const BinarySettings& s = *static_cast<const BinaryRecord&>(record).settings;
    if (field.index != common_fields) {
        return {};
    }
    const std::string zero(detail::text_of(s.znam));
    const std::string one(detail::text_of(s.onam));
    return one.empty() && !zero.empty() ? std::vector{zero} : std::vector{zero, one};
}

void store_state(BinaryRecord& record, std::uint32_t value, bool raw)
{
    if (raw) {
        record.rval = value;
    } else {
        record.val = static_cast<std::uint16_t>(value);
        record.set(flag_udf, false);
    }
}

pv::Status accept_state(Core& core, Record& record, const pv::Value& value)
{
    pv::Meta meta;
    const bool raw = core.device(record).raw && !core.type(record).output;
    const bool is_text = value.type() == pv::ScalarType::string;
    if (is_text && !raw) {
        meta.choices = core.choices(record, core.field(record, common_fields));
    }
    const auto type = is_text && !raw ? pv::ScalarType::enumeration : pv::ScalarType::uint32;
    const auto state = pv::convert_to_scalar(value, type, &meta);
    if (!state) {
        return state.error();
    }
    const std::uint32_t number = is_text && !raw ? state->get<std::uint16_t>() : state->get<std::uint32_t>();
    store_state(binary(record), number, raw);
    return {};
}

} // namespace iochron::db
