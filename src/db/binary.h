#pragma once

#include "db/accessor.h"
#include "db/simulation.h"

namespace iochron::db {

/// The settings of the types with two states.
struct BinarySettings {
    char znam[26] = {};
    char onam[26] = {};
    pv::Severity zsv{};
    pv::Severity osv{};
    pv::Severity cosv{};
};

/// What bi and bo begin with.
struct BinaryRecord : Record {
    std::uint16_t val = 0;
    std::uint16_t mlst = 0;
    std::uint16_t lalm = 0;
    std::uint32_t rval = 0;
    std::uint32_t oraw = 0;
    std::uint32_t mask = 0;
    const BinarySettings* settings = nullptr;

    void adopt(Core& core) { settings = core.pools.of<BinarySettings>().take({}); }
    void release(Core& core) { core.pools.of<BinarySettings>().release(settings); }
    void begin()
    {
        mlst = lalm = val;
        oraw = rval;
    }
    /// The alarms of the state and of its change.
    void check_state(Cycle& cycle);
    /// The new alarm, VAL and RVAL, posted; gives what VAL was posted with.
    pv::Mask post_changes(Cycle& cycle);
};

/// A choice in a member of the hot block that is the record's own (ZNAM, ONAM...).
template <auto Member>
[[nodiscard]] Field state(std::string_view name, std::string_view prompt, Mark marks)
{
    Field made = field<Member>(name, prompt, marks);
    made.type = Dbf::enumeration;
    made.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::enumeration(static_cast<const detail::OwnerOf<Member>&>(r).*Member);
    };
    return made;
}

[[nodiscard]] std::vector<Field> binary_table();

/// ZNAM and ONAM, as many as a client is shown: both when both are empty (biRecord and boRecord of EPICS Base).
[[nodiscard]] std::vector<std::string> binary_choices(const Core& core, const Record& record, const Field& field);

/// A number or a choice's text as the number of a state; `raw`: as a raw value.
[[nodiscard]] std::expected<std::uint32_t, pv::Status> state_number(const Core& core, const Record& record,
                                                                    const pv::Value& value, bool raw);

/// User code's value: a number or a choice's text; VAL, or RVAL of a raw device.
pv::Status accept_state(Core& core, Record& record, const pv::Value& value);

/// Stores what a simulation or user code gave.
void store_state(BinaryRecord& record, std::uint32_t value, bool raw);

} // namespace iochron::db
