#pragma once

#include "db/accessor.h"
#include "db/simulation.h"

namespace iochron::db {

inline constexpr std::size_t most_states = 16;

/// The settings of the types with up to 16 states.
struct MultibitSettings {
    std::uint32_t values[most_states] = {};
    char names[most_states][26] = {};
    pv::Severity severities[most_states] = {};
    pv::Severity unsv{};
    pv::Severity cosv{};
    char unused[2] = {};
};
static_assert(sizeof(MultibitSettings) == 64 + 416 + 16 + 4); // no padding: see Shared

/// What mbbi and mbbo begin with.
struct MultibitRecord : Record {
    static constexpr std::uint16_t unknown = 65535;

    std::uint16_t val = 0;
    std::uint16_t mlst = 0;
    std::uint16_t lalm = 0;
    std::uint16_t nobt = 0;
    std::uint32_t rval = 0;
    std::uint32_t oraw = 0;
    std::uint32_t mask = 0;
    std::uint16_t shft = 0;
    std::int16_t sdef = 0; ///< a state has a value or a name
    const MultibitSettings* settings = nullptr;

    void adopt(Core& core) { settings = core.pools.of<MultibitSettings>().take({}); }
    void release(Core& core) { core.pools.of<MultibitSettings>().release(settings); }
    /// SDEF, and MASK from NOBT where it is not set.
    void init_states();
    void begin()
    {
        mlst = lalm = val;
        oraw = rval;
    }
    void define();
    /// VAL of RVAL: the state with that value, the number where no states are defined.
    void state_of_raw();
    /// RVAL of VAL. False: there is no such state.
    [[nodiscard]] bool raw_of_state();
    [[nodiscard]] pv::Severity severity_of(std::uint16_t state) const
    {
        return state < most_states ? settings->severities[state] : settings->unsv;
    }
    /// The new alarm, VAL (as `shown`) and RVAL, posted; gives what else is to be posted with.
    pv::Mask post_changes(Cycle& cycle, const pv::Value& shown);
};

/// Values, names and severities of the states, RVAL and what goes with it.
[[nodiscard]] std::vector<Field> multibit_table();
/// The names of the states up to the last that has one.
[[nodiscard]] std::vector<std::string> multibit_choices(const Core& core, const Record& record, const Field& field);
/// Special::type of values and names: SDEF, and an update to those who show VAL.
[[nodiscard]] pv::Status states_changed(Core& core, Record& record, const Field& field);

} // namespace iochron::db
