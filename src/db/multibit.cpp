#include "db/multibit.h"

#include "db/record_fields.h"

namespace iochron::db {

namespace {

constexpr std::array<std::string_view, most_states> prefixes = {"ZR", "ON", "TW", "TH", "FR", "FV", "SX", "SV",
                                                                "EI", "NI", "TE", "EL", "TV", "TT", "FT", "FF"};

const MultibitSettings& settings_of(const Record& record)
{
    return *static_cast<const MultibitRecord&>(record).settings;
}

template <class F>
void change(Core& core, Record& record, F&& change)
{
    core.pools.change(static_cast<MultibitRecord&>(record).settings, change);
}

/// "ZRVL", "ZRST", "ZRSV"...: the texts live as long as the program.
std::string_view name_of(std::size_t state, std::size_t kind)
{
    static const auto names = [] {
        std::array<std::array<std::string, 3>, most_states> all;
        for (std::size_t i = 0; i < most_states; ++i) {
            all[i] = {std::string(prefixes[i]) + "VL", std::string(prefixes[i]) + "ST",
                      std::string(prefixes[i]) + "SV"};
        }
        return all;
    }();
    return names[state][kind];
}

Field value_of_state(std::size_t state)
{
    Field made = computed(
        name_of(state, 0), Dbf::uint32,
        [](const Core&, const Record& r, const Field& f) { return pv::Value::of(settings_of(r).values[f.argument]); },
        [](Core& core, Record& r, const Field& f, const pv::Value& value) {
            change(core, r, [&](MultibitSettings& s) { s.values[f.argument] = value.get<std::uint32_t>(); });
            return pv::Status{};
        },
        "Value of a state", pp);
    made.argument = static_cast<std::uint8_t>(state);
    return std::move(made).with(Special::type);
}

Field name_of_state(std::size_t state)
{
    Field made = computed(
        name_of(state, 1), Dbf::string,
        [](const Core&, const Record& r, const Field& f) {
            return pv::Value::of(detail::text_of(settings_of(r).names[f.argument]));
        },
        [](Core& core, Record& r, const Field& f, const pv::Value& value) {
            change(core, r, [&](MultibitSettings& s) {
                char(&name)[26] = s.names[f.argument];
                std::memset(name, 0, sizeof name);
                std::memcpy(name, value.text().data(), std::min(value.text().size(), sizeof name - 1));
            });
            return pv::Status{};
        },
        "Name of a state", pp | prop);
    made.argument = static_cast<std::uint8_t>(state);
    made.size = sizeof(MultibitSettings::names[0]);
    return std::move(made).with(Special::type);
}

Field severity_of_state(std::size_t state)
{
    Field made = computed(
        name_of(state, 2), Dbf::menu,
        [](const Core&, const Record& r, const Field& f) {
            return pv::Value::enumeration(static_cast<std::uint16_t>(settings_of(r).severities[f.argument]));
        },
        [](Core& core, Record& r, const Field& f, const pv::Value& value) {
            const auto severity = static_cast<pv::Severity>(value.get<std::uint16_t>());
            change(core, r, [&](MultibitSettings& s) { s.severities[f.argument] = severity; });
            return pv::Status{};
        },
        "Severity of a state", pp);
    made.argument = static_cast<std::uint8_t>(state);
    made.menu = &menu_severity;
    return made;
}

} // namespace

void MultibitRecord::define()
{
    sdef = 0;
    for (std::size_t i = 0; i < most_states; ++i) {
        sdef = settings->values[i] != 0 || settings->names[i][0] != '\0' ? 1 : sdef;
    }
}

void MultibitRecord::init_states()
{
    constexpr unsigned bits = 32;
    if (mask == 0 && nobt <= bits) {
        mask = static_cast<std::uint32_t>((std::uint64_t{1} << nobt) - 1);
    }
    define();
}

void MultibitRecord::state_of_raw()
{
    const std::uint32_t raw = shft < 32 ? rval >> shft : 0;
    if (sdef == 0) {
        val = static_cast<std::uint16_t>(raw);
        return;
    }
    const auto found = std::ranges::find(settings->values, raw);
    val = found == std::end(settings->values) ? unknown : static_cast<std::uint16_t>(found - settings->values);
}

bool MultibitRecord::raw_of_state()
{
    if (sdef != 0 && val >= most_states) {
        return false;
    }
    const std::uint32_t raw = sdef != 0 ? settings->values[val] : val;
    rval = shft < 32 ? raw << shft : 0;
    return true;
}

pv::Mask MultibitRecord::post_changes(Cycle& cycle, const pv::Value& shown)
{
    pv::Mask mask = cycle.reset_alarms();
    if (mlst != val) {
        mask |= pv::Mask::value | pv::Mask::log;
        mlst = val;
    }
    if (any(mask)) {
        cycle.post(common_fields, mask, shown);
    }
    cycle.post_changed("RVAL", rval, oraw, mask);
    return mask;
}

std::vector<Field> multibit_table()
{
    using R = MultibitRecord;
    using S = MultibitSettings;
    constexpr auto p = &R::settings;
    std::vector<Field> fields;
    for (const auto make : {value_of_state, name_of_state, severity_of_state}) {
        for (std::size_t i = 0; i < most_states; ++i) {
            fields.push_back(make(i));
        }
    }
    std::vector<Field> rest = {
        shared_menu<p, &S::unsv>("UNSV", menu_severity, "Unknown State Severity", pp),
        shared_menu<p, &S::cosv>("COSV", menu_severity, "Change of State Sevr", pp),
        field<&R::nobt>("NOBT", "Number of Bits", nomod),
        field<&R::rval>("RVAL", "Raw Value", pp),
        field<&R::oraw>("ORAW", "Prev Raw Value", nomod | hidden),
        field<&R::mask>("MASK", "Hardware Mask", nomod),
        field<&R::mlst>("MLST", "Last Value Monitored", nomod | hidden),
        field<&R::lalm>("LALM", "Last Value Alarmed", nomod | hidden),
        field<&R::sdef>("SDEF", "States Defined", nomod | hidden),
        field<&R::shft>("SHFT", "Shift"),
    };
    std::ranges::move(rest, std::back_inserter(fields));
    return fields;
}

std::vector<std::string> multibit_choices(const Core&, const Record& record, const Field& field)
{
    std::vector<std::string> names;
    if (field.index != common_fields) {
        return names;
    }
    std::size_t shown = 0;
    for (const auto& name : settings_of(record).names) {
        names.emplace_back(detail::text_of(name));
        shown = name[0] != '\0' ? names.size() : shown;
    }
    names.resize(shown);
    return names;
}

pv::Status states_changed(Core& core, Record& record, const Field& field)
{
    MultibitRecord& multibit = static_cast<MultibitRecord&>(record);
    multibit.define();
    if (core.started && field.type == Dbf::string && field.argument == multibit.val) {
        core.refresh_metas(record, false);
        core.post(record, common_fields, pv::Mask::value | pv::Mask::log);
    }
    return {};
}

} // namespace iochron::db
