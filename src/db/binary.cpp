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

std::expected<std::uint32_t, pv::Status> state_number(const Core& core, const Record& record, const pv::Value& value,
                                                      bool raw)
{
    if (value.type() == pv::ScalarType::string && !raw) {
        pv::Meta meta;
        meta.choices = core.choices(record, core.field(record, common_fields));
        const auto state = pv::convert_to_scalar(value, pv::ScalarType::enumeration, &meta);
        return state ? std::expected<std::uint32_t, pv::Status>(state->get<std::uint16_t>())
                     : std::unexpected(state.error());
    }
    const auto number = pv::convert_to_scalar(value, pv::ScalarType::uint32, nullptr);
    return number ? std::expected<std::uint32_t, pv::Status>(number->get<std::uint32_t>())
                  : std::unexpected(number.error());
}

pv::Status accept_state(Core& core, Record& record, const pv::Value& value)
{
    const bool raw = core.device(record).raw && !core.type(record).output;
    const auto number = state_number(core, record, value, raw);
    if (!number) {
        return number.error();
    }
    store_state(binary(record), *number, raw);
    return {};
}

} // namespace iochron::db
