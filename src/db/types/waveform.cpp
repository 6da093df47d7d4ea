#include "db/accessor.h"
#include "db/arrays.h"
#include "db/record_fields.h"
#include "db/simulation.h"
#include "pv/convert.h"

namespace iochron::db {

namespace {

constexpr std::array<std::string_view, 2> post_names = {"Always", "On Change"};
const Menu menu_post_array{"waveformPOST", post_names};
enum class PostWhen : std::uint8_t { always, on_change };

struct WaveformSettings {
    double hopr = 0;
    double lopr = 0;
    std::int16_t prec = 0;
    char egu[16] = {};
    char unused[6] = {};
};
static_assert(sizeof(WaveformSettings) == 40); // no padding: see Shared

/// menuFtype.
enum class ElementType : std::uint8_t {
    text,
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    float32,
    float64,
    choice
};

pv::ScalarType scalar_of(ElementType type)
{
    using enum pv::ScalarType;
    constexpr pv::ScalarType of[] = {string, int8,  uint8,  int16,   uint16,  int32,
                                     uint32, int64, uint64, float32, float64, enumeration};
    return of[static_cast<std::size_t>(type)];
}

/// The waveform record: an array from a device or a client.
struct Waveform : Record {
    pv::Value* value = nullptr; ///< of the type that FTVL says, once the database has started
    const WaveformSettings* settings = nullptr;
    std::uint32_t nelm = 1;
    std::uint32_t nord = 0;
    std::uint32_t nord_posted = 0;
    std::uint32_t hash = 0;
    LinkId inp = no_link;
    std::int16_t rarm = 0;
    std::int16_t busy = 0;
    ElementType ftvl = ElementType::text;
    PostWhen mpst = PostWhen::always;
    PostWhen apst = PostWhen::always;

    [[nodiscard]] Shape shape() const { return {scalar_of(ftvl), std::max(nelm, 1u)}; }
    void init(Core& core);
    void store(pv::Value array)
    {
        *value = std::move(array);
        nord = static_cast<std::uint32_t>(value->count());
    }
    [[nodiscard]] Transfer read(Cycle& cycle, LinkId from);
    Step process(Cycle& cycle);
    void finish(Cycle& cycle);
};

Waveform& waveform_of(Record& record)
{
    return static_cast<Waveform&>(record);
}
const Waveform& waveform_of(const Record& record)
{
    return static_cast<const Waveform&>(record);
}

pv::Value empty_array(pv::ScalarType type)
{
    return type == pv::ScalarType::string ? pv::Value::string_array({})
                                          : pv::Value::array(type, pv::BufferRef::make(0), 0);
}

/// FNV-1a over the elements; Base has another function, whose result means as little to a client.
std::uint32_t hash_of(const pv::Value& array)
{
    std::uint32_t hash = 2166136261u;
    const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 16777619u; };
    if (array.type() != pv::ScalarType::string) {
        for (const std::byte byte : array.bytes()) {
            add(static_cast<unsigned char>(byte));
        }
        return hash;
    }
    for (std::size_t i = 0; i < array.count(); ++i) {
        for (const char c : array.text_at(i)) {
            add(static_cast<unsigned char>(c));
        }
        add(0);
    }
    return hash;
}

void Waveform::init(Core& core)
{
    nelm = std::max(nelm, 1u);
    if (value->empty()) {
        *value = empty_array(scalar_of(ftvl));
    }
    pv::Value constant = core.constant_array(inp);
    if (constant.type() == pv::ScalarType::string && !constant.is_array() && pv::element_bytes(scalar_of(ftvl)) == 1) {
        constant = pv::characters_of_text(constant.text());
    }
    if (!constant.empty()) {
        if (auto array = array_of_shape(constant, shape())) {
            store(*std::move(array));
            set(flag_udf, false);
        } else {
            core.with.log.warning("db.constant", "{}.INP: {}", core.name(*this), array.error().text);
        }
    }
    nord_posted = nord;
}

Transfer Waveform::read(Cycle& cycle, LinkId from)
{
    if (cycle.is_constant(from)) {
        return Transfer::done;
    }
    pv::Value fresh = cycle.read(from, shape());
    if (fresh.empty()) {
        return Transfer::failed;
    }
    store(std::move(fresh));
    cycle.take_time(from);
    return Transfer::done;
}

Step Waveform::process(Cycle& cycle)
{
    Transfer transfer{};
    const auto mode = simulation(*this, cycle);
    if (mode == Simulation::off) [[likely]] {
        transfer = cycle.core().device(*this).transfer(*this, cycle);
    } else if (!mode) {
        transfer = Transfer::failed;
    } else {
        const LinkId from = simulation_link(cycle.core(), *this);
        transfer = simulation_waits(*this, cycle) ? Transfer::wait : read(cycle, from);
        if (transfer == Transfer::done && cycle.is_constant(from)) { // as EPICS Base, which reads no element of it
            store(empty_array(scalar_of(ftvl)));
        }
    }
    if (transfer != Transfer::wait) {
        set(flag_udf, false);
    }
    return step_of(transfer);
}

void Waveform::finish(Cycle& cycle)
{
    if (nord != nord_posted) {
        nord_posted = nord;
        cycle.post("NORD", pv::Mask::value | pv::Mask::log);
    }
    pv::Mask mask = cycle.reset_alarms();
    bool changed = false;
    if (mpst == PostWhen::on_change || apst == PostWhen::on_change) {
        const std::uint32_t now = hash_of(*value);
        changed = now != hash;
        hash = now;
        if (changed) {
            cycle.post("HASH", pv::Mask::value);
        }
    }
    mask |= mpst == PostWhen::always || changed ? pv::Mask::value : pv::Mask::none;
    mask |= apst == PostWhen::always || changed ? pv::Mask::log : pv::Mask::none;
    if (any(mask)) {
        cycle.post(common_fields, mask, *value);
    }
}

pv::Status put_value(Core& core, Record& record, const Field&, const pv::Value& value)
{
    Waveform& waveform = waveform_of(record);
    waveform.store(value);
    if (waveform.nord != waveform.nord_posted) {
        waveform.nord_posted = waveform.nord;
        core.post(record, core.type(record).find("NORD")->index, pv::Mask::value | pv::Mask::log);
    }
    return {};
}

pv::Status accept(Core&, Record& record, const pv::Value& value)
{
    Waveform& waveform = waveform_of(record);
    const Shape shape = waveform.shape();
    const bool is_text = value.type() == pv::ScalarType::string && !value.is_array();
    const bool characters = is_text && element_bytes(shape.type) == 1;
    auto array = array_of_shape(characters ? pv::characters_of_text(value.text()) : value, shape);
    if (!array) {
        return array.error();
    }
    waveform.store(*std::move(array));
    record.set(flag_udf, false);
    return {};
}

void describe(const Core&, const Record& record, const Field& field, pv::Meta& meta)
{
    const Waveform& waveform = waveform_of(record);
    const WaveformSettings& s = *waveform.settings;
    const bool is_value = field.index == common_fields;
    const bool has_units = waveform.ftvl != ElementType::text && waveform.ftvl != ElementType::choice;
    if ((is_value && has_units) || field.name == "HOPR" || field.name == "LOPR") {
        meta.units = std::string(detail::text_of(s.egu));
    }
    if (is_value) {
        meta.display = meta.control = {s.lopr, s.hopr};
    } else if (field.name == "BUSY") {
        meta.display = meta.control = {0, 1};
    } else if (field.name == "NORD") {
        meta.display = meta.control = {0, static_cast<double>(waveform.nelm)};
    }
    meta.precision = s.prec;
}

Field value_field()
{
    Field field = computed(
        "VAL", Dbf::float64,
        [](const Core&, const Record& r, const Field&) {
            const Waveform& waveform = waveform_of(r);
            return waveform.value->empty() ? empty_array(scalar_of(waveform.ftvl)) : *waveform.value;
        },
        put_value, "Value", pp | asl0 | hidden);
    return field;
}

std::vector<Field> table()
{
    using R = Waveform;
    using S = WaveformSettings;
    constexpr auto p = &R::settings;
    std::vector<Field> fields = {
        value_field(),
        field<&R::rarm>("RARM", "Rearm the waveform", pp),
        shared<p, &S::prec>("PREC", "Display Precision", prop),
        link<&R::inp>("INP", Dbf::inlink, "Input Specification"),
        shared_text<p, &S::egu>("EGU", "Engineering Units", prop),
        shared<p, &S::hopr>("HOPR", "High Operating Range", prop),
        shared<p, &S::lopr>("LOPR", "Low Operating Range", prop),
        field<&R::nelm>("NELM", "Number of Elements", nomod).starts_as("1"),
        menu<&R::ftvl>("FTVL", menu_field_type, "Field Type of Value", nomod),
        field<&R::busy>("BUSY", "Busy Indicator", nomod | hidden),
        field<&R::nord>("NORD", "Number elements read", nomod | hidden),
        noaccess("BPTR", "Buffer Pointer"),
        menu<&R::mpst>("MPST", menu_post_array, "Post Value Monitors"),
        menu<&R::apst>("APST", menu_post_array, "Post Archive Monitors"),
        field<&R::hash>("HASH", "Hash of OnChange data.", hidden),
    };
    std::ranges::move(simulation_table(menu_yes_no, Dbf::inlink), std::back_inserter(fields));
    return fields;
}

} // namespace

RecordType waveform_type()
{
    RecordType type = record_type<Waveform>("waveform");
    type.fields = table();
    const auto read_soft = [](Record& record, Cycle& cycle) {
        return waveform_of(record).read(cycle, waveform_of(record).inp);
    };
    type.devices = {{.name = "Soft Channel", .transfer = read_soft}};
    type.adopt = [](Core& core, Record& record) {
        waveform_of(record).value = core.arrays.make();
        waveform_of(record).settings = core.pools.of<WaveformSettings>().take({});
    };
    type.release = [](Core& core, Record& record) {
        core.arrays.free(waveform_of(record).value);
        core.pools.of<WaveformSettings>().release(waveform_of(record).settings);
    };
    type.alarm_limits = false;
    type.describe = describe;
    type.accept = accept;
    type.shape = [](const Core&, const Record& record, const Field& field) {
        return field.index == common_fields ? std::optional(waveform_of(record).shape()) : std::nullopt;
    };
    return type;
}

} // namespace iochron::db
