#include "db/analog.h"

#include <array>
#include <bit>
#include <cmath>

namespace iochron::db {

namespace {

constexpr std::size_t letters = calc::max_args;
constexpr FieldIndex field_a = common_fields + 2;

/// The calc record: VAL from an expression of up to 21 inputs. Its arguments lie in a block of their own as soon as
/// there are more than two: values, values before, links.
struct Calc : AnalogRecord {
    static constexpr std::uint8_t inside = 2;

    const Expression* calc = nullptr;
    std::uint32_t inputs = 0; ///< bit i: argument i has a link to read
    std::uint8_t count = inside;
    std::array<double, 5> own{};
    double* block = own.data();

    [[nodiscard]] double* values() const { return block; }
    [[nodiscard]] double* before() const { return block + count; }
    [[nodiscard]] LinkId* links() const { return reinterpret_cast<LinkId*>(block + 2 * std::size_t{count}); }
    [[nodiscard]] LinkId link(std::size_t i) const { return i < count ? links()[i] : no_link; }

    void grow(Core& core, std::size_t arguments);
    void init(Core& core);
    Step process(Cycle& cycle);
    void finish(Cycle& cycle);
};
static_assert(sizeof(Calc) == max_record_bytes);

Calc& calc_of(Record& record)
{
    return static_cast<Calc&>(record);
}
const Calc& calc_of(const Record& record)
{
    return static_cast<const Calc&>(record);
}

void Calc::grow(Core& core, std::size_t arguments)
{
    if (arguments <= count) {
        return;
    }
    constexpr std::size_t some = 6;
    const std::size_t fresh = arguments <= some ? some : letters;
    double* const larger = core.blocks.take(2 * fresh + (fresh + 1) / 2);
    std::copy_n(values(), count, larger);
    std::copy_n(before(), count, larger + fresh);
    std::copy_n(links(), count, reinterpret_cast<LinkId*>(larger + 2 * fresh));
    block = larger;
    count = static_cast<std::uint8_t>(fresh);
}

void Calc::init(Core& core)
{
    for (std::size_t i = 0; i < count; ++i) {
        (void)core.constant(links()[i], values()[i]); // where it is none, the value stays
    }
}

Step Calc::process(Cycle& cycle)
{
    bool read = true;
    for (std::uint32_t rest = inputs; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<unsigned>(std::countr_zero(rest));
        read &= cycle.read(links()[i], values()[i]);
    }
    if (read) {
        val = calc->program.evaluate({values(), count}, val, cycle.core().random);
        set(flag_udf, std::isnan(val));
    }
    return Step::done;
}

void Calc::finish(Cycle& cycle)
{
    check_limits(cycle);
    const pv::Mask mask = changes(cycle);
    if (any(mask)) {
        cycle.post(common_fields, mask, pv::Value::of(val));
    }
    double* const now = values();
    double* const last = before();
    for (FieldIndex i = 0; i < count; ++i) {
        if (now[i] != last[i] || any(mask & pv::Mask::alarm)) {
            cycle.post(static_cast<FieldIndex>(field_a + i), mask | pv::Mask::value | pv::Mask::log,
                       pv::Value::of(now[i]));
            last[i] = now[i];
        }
    }
    if (any(mask & pv::Mask::alarm)) { // Base posts all of them then; those without a place of their own are 0
        for (FieldIndex i = count; i < letters; ++i) {
            cycle.post(static_cast<FieldIndex>(field_a + i), mask | pv::Mask::value | pv::Mask::log,
                       pv::Value::of(0.0));
        }
    }
}

std::string_view letter(std::string_view prefix, std::size_t i)
{
    static const auto names = [] {
        std::array<std::array<std::string, letters>, 3> all;
        for (std::size_t k = 0; k < letters; ++k) {
            const char c = static_cast<char>('A' + k);
            all[0][k] = std::string(1, c);
            all[1][k] = std::string("L") + c;
            all[2][k] = std::string("INP") + c;
        }
        return all;
    }();
    return names[prefix.empty() ? 0 : prefix == "L" ? 1 : 2][i];
}

Field argument(std::size_t i)
{
    Field field = computed(
        letter("", i), Dbf::float64,
        [](const Core&, const Record& r, const Field& f) {
            const Calc& calc = calc_of(r);
            return pv::Value::of(f.argument < calc.count ? calc.values()[f.argument] : 0.0);
        },
        [](Core& core, Record& r, const Field& f, const pv::Value& value) {
            calc_of(r).grow(core, f.argument + 1u);
            calc_of(r).values()[f.argument] = value.get<double>();
            return pv::Status{};
        },
        "Value of an input", pp);
    field.argument = static_cast<std::uint8_t>(i);
    return field;
}

Field argument_before(std::size_t i)
{
    Field field = computed(
        letter("L", i), Dbf::float64,
        [](const Core&, const Record& r, const Field& f) {
            const Calc& calc = calc_of(r);
            return pv::Value::of(f.argument < calc.count ? calc.before()[f.argument] : 0.0);
        },
        nullptr, "Value of an input before", nomod | hidden);
    field.argument = static_cast<std::uint8_t>(i);
    return field;
}

Field input(std::size_t i)
{
    Field field{.name = letter("INP", i), .prompt = "Input of an argument", .type = Dbf::inlink};
    field.argument = static_cast<std::uint8_t>(i);
    field.get = detail::link_value;
    field.set = detail::link_from;
    field.get_link = [](const Core&, const Record& r, const Field& f) { return calc_of(r).link(f.argument); };
    field.set_link = [](Core& core, Record& r, const Field& f, LinkId link) {
        Calc& calc = calc_of(r);
        calc.grow(core, f.argument + 1u);
        calc.links()[f.argument] = link;
        const std::uint32_t bit = 1u << f.argument;
        const bool reads = link != no_link && !core.links[link].is_constant();
        calc.inputs = reads ? calc.inputs | bit : calc.inputs & ~bit;
    };
    return field;
}

Field expression()
{
    Field field = computed(
        "CALC", Dbf::string,
        [](const Core&, const Record& r, const Field&) {
            return pv::Value::of(std::string_view(calc_of(r).calc->text));
        },
        [](Core& core, Record& r, const Field&, const pv::Value& value) -> pv::Status {
            const auto fresh = core.expressions.take(value.text());
            if (!fresh) {
                return {pv::Outcome::put_failed, fresh.error()};
            }
            Calc& calc = calc_of(r);
            calc.grow(core, (*fresh)->program.args_size());
            core.expressions.release(std::exchange(calc.calc, *fresh));
            return {};
        },
        "Calculation", pp);
    field.size = 160;
    return std::move(field).starts_as("0");
}

/// An argument is shown as what its link leads to.
void describe(const Core& core, const Record& record, const Field& field, pv::Meta& meta)
{
    describe_analog(core, record, field, meta);
    const bool is_argument = field.index >= field_a && field.index < field_a + 2 * letters;
    const LinkId link = is_argument ? calc_of(record).link(field.argument) : no_link;
    constexpr unsigned most_described = 8;
    auto& mutable_core = const_cast<Core&>(core);
    const LinkKind kind = link == no_link ? LinkKind::none : core.links[link].kind;
    const pv::Meta* const far = kind == LinkKind::remote ? core.remotes.at(core.links[link]).meta.get() : nullptr;
    if (is_argument && kind != LinkKind::record && far == nullptr) {
        meta.units.clear();
        meta.display = {};
        meta.hihi = meta.high = meta.low = meta.lolo = pv::Meta::no_limit;
        return;
    }
    if (!is_argument || (kind == LinkKind::record && core.describing >= most_described)) {
        return;
    }
    pv::MetaRef near;
    if (kind == LinkKind::record) {
        const Link& to = core.links[link];
        ++mutable_core.describing;
        near = mutable_core.meta(core.records[to.target.record], to.target.field);
        --mutable_core.describing;
    }
    const pv::Meta* const from = kind == LinkKind::record ? near.get() : far;
    meta.units = from->units;
    meta.precision = from->precision;
    meta.display = from->display;
    meta.hihi = from->hihi;
    meta.high = from->high;
    meta.low = from->low;
    meta.lolo = from->lolo;
}

std::vector<Field> table()
{
    std::vector<Field> fields = analog_values("Result", plain);
    for (std::size_t i = 0; i < letters; ++i) {
        fields.push_back(argument(i));
    }
    for (std::size_t i = 0; i < letters; ++i) {
        fields.push_back(argument_before(i));
    }
    fields.push_back(expression());
    for (std::size_t i = 0; i < letters; ++i) {
        fields.push_back(input(i));
    }
    std::ranges::move(analog_table(), std::back_inserter(fields));
    fields.push_back(noaccess("RPCL", "Reverse Polish Calc"));
    return fields;
}

} // namespace

RecordType calc_type()
{
    RecordType type = record_type<Calc>("calc");
    type.fields = table();
    type.adopt = [](Core& core, Record& record) {
        calc_of(record).adopt(core);
        calc_of(record).calc = *core.expressions.take("0");
    };
    type.release = [](Core& core, Record& record) {
        calc_of(record).release(core);
        core.expressions.release(calc_of(record).calc);
    };
    type.describe = describe;
    return type;
}

} // namespace iochron::db
