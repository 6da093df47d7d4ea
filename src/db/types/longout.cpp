#include "db/types/integral_output.h"

namespace iochron::db {

namespace {

enum class WriteWhen : std::uint8_t { every_time, on_change, zero, non_zero, to_zero, to_non_zero };

constexpr std::array<std::string_view, 6> write_when_names = {
    "Every Time", "On Change", "When Zero", "When Non-zero", "Transition To Zero", "Transition To Non-zero"};
const Menu menu_write_when{"longoutOOPT", write_when_names};

/// The longout record: as int64out, but it can write only at certain values.
struct Longout : IntegralOutput<std::int32_t> {
    std::int32_t pval = 0;
    WriteWhen oopt = WriteWhen::every_time;
    std::uint8_t ooch = 1;   ///< with "On Change" a new OUT is a change too
    bool writes_next = true; ///< the first processing, or OUT is new

    void init(Core& core)
    {
        IntegralOutput::init(core);
        pval = val;
        writes_next = true;
    }
    Step process(Cycle& cycle)
    {
        prepare(cycle);
        return drive(*this, cycle);
    }
    void written()
    {
        pval = val;
        writes_next = false;
    }
    [[nodiscard]] bool writes() const
    {
        switch (oopt) {
        case WriteWhen::every_time:
            return true;
        case WriteWhen::on_change:
            return writes_next || val != pval;
        case WriteWhen::zero:
            return val == 0;
        case WriteWhen::non_zero:
            return val != 0;
        case WriteWhen::to_zero:
            return val == 0 && pval != 0;
        case WriteWhen::to_non_zero:
            return val != 0 && pval == 0;
        }
        return true;
    }
};

pv::Status out_is_new(Core&, Record& record, const Field&)
{
    Longout& longout = static_cast<Longout&>(record);
    longout.writes_next = longout.writes_next || longout.ooch != 0;
    return {};
}

} // namespace

RecordType longout_type()
{
    using R = Longout;
    RecordType type = integral_output<R>("longout");
    std::ranges::find(type.fields, "OUT", &Field::name)->special = Special::type;
    std::vector<Field> own = {
        field<&R::pval>("PVAL", "Previous Value", hidden),
        noaccess("OUTPVT", "Output Write Control Private"),
        menu<&R::ooch>("OOCH", menu_yes_no, "Output Exec. On Change (Opt)").starts_as("YES"),
        menu<&R::oopt>("OOPT", menu_write_when, "Output Execute Opt"),
    };
    std::ranges::move(own, std::back_inserter(type.fields));
    type.special = out_is_new;
    return type;
}

} // namespace iochron::db
