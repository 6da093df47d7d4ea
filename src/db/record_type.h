#pragma once

#include "db/field.h"
#include "pv/meta.h"

#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db {

class Cycle;

/// What a record answers when it is to process.
enum class Step : std::uint8_t {
    done,
    failed, ///< done, but an input or output failed: who processed it by a link hears of it
    wait,   ///< a device works on it: Database::complete() follows
};

/// How a device's reading or writing went.
enum class Transfer : std::uint8_t {
    done,   ///< an input's value is in VAL
    raw,    ///< an input's value is in RVAL, to be converted
    failed, ///< the alarm was raised
    wait,   ///< Database::complete() follows; then it is called again, with Cycle::completing()
};

[[nodiscard]] constexpr Step step_of(Transfer transfer)
{
    return transfer == Transfer::wait ? Step::wait : transfer == Transfer::failed ? Step::failed : Step::done;
}

/// A device kind (DTYP) of a record type: what the type calls to read or write.
struct Device {
    std::string name;
    std::function<Transfer(Record&, Cycle&)> transfer;
    bool raw = false;                       ///< RVAL is transferred, and the record converts
    bool addressed = false;                 ///< INP or OUT holds an address ("@...", "#...") rather than a link
    void (*init)(Core&, Record&) = nullptr; ///< at iocInit
};

/// Of a field that holds an array: what its elements are, and how many there may be.
struct Shape {
    pv::ScalarType type = pv::ScalarType::float64;
    std::uint32_t max_count = 1;
};

/// A record type: its table of fields, and the functions that are its own. Made once for each process by a function
/// that db/types/all.cpp lists.
/// Thread: fixed
struct RecordType {
    std::string_view name;
    std::size_t bytes = 0; ///< of the hot block
    std::vector<Field> fields{};
    std::vector<Device> devices{}; ///< those that come with the type, in the order of EPICS Base
    FieldIndex value_field = no_field;
    FieldIndex simulation = no_field; ///< SIML, where the type can be simulated (db/simulation.h)
    bool display_limits = true; ///< fields show the range of their type, where the type says nothing else; types of
    bool control_limits = true; ///< EPICS Base that have no get_graphic_double or get_control_double show 0
    bool alarm_limits = true;   ///< likewise with pvAccess and those that have no get_alarm_double
    pv::NoChoice no_choice = pv::NoChoice::words; ///< of VAL
    bool output = false;                          ///< it has OUT, so that what fails is WRITE and not READ

    void (*construct)(void* block) = nullptr;
    /// Takes the shared settings that an empty record has.
    void (*adopt)(Core&, Record&) = nullptr;
    /// Gives up what `adopt` and later puts took.
    void (*release)(Core&, Record&) = nullptr;
    /// iocInit: what constants in links mean, last values...
    void (*init)(Core&, Record&) = nullptr;
    /// Inputs and the computation; stops with Step::wait when a device goes on by itself.
    Step (*process)(Record&, Cycle&) = nullptr;
    /// With the time stamp in place: alarms, monitors.
    void (*finish)(Record&, Cycle&) = nullptr;
    /// Special::type: work that follows a put of the field. What it refuses is put back.
    pv::Status (*special)(Core&, Record&, const Field&) = nullptr;
    /// Units, precision, limits and choices of a field; starts from what the field's type alone says.
    void (*describe)(const Core&, const Record&, const Field&, pv::Meta&) = nullptr;
    /// User code's value: stores it (and clears UDF) so that the processing which follows does not read another.
    pv::Status (*accept)(Core&, Record&, const pv::Value&) = nullptr;
    /// The shape of a field that holds an array; nothing for others. Such a field's `set` takes an array of that type,
    /// no longer than that, and its `get` gives one.
    std::optional<Shape> (*shape)(const Core&, const Record&, const Field&) = nullptr;
    /// A delay that the record asked for (Delays, Purpose::elapse) has passed.
    void (*elapsed)(Core&, Record&) = nullptr;
    /// Choices of an enumeration field that are the record's own (ZNAM, ONAM...).
    std::vector<std::string> (*choices)(const Core&, const Record&, const Field&) = nullptr;

    /// The field of that name; "" is the value field.
    [[nodiscard]] const Field* find(std::string_view field) const;
    [[nodiscard]] const Field& operator[](FieldIndex index) const { return fields[index]; }

    /// 8 bits of a field name's hash to the fields that have it, filled by complete_type().
    std::vector<FieldIndex> by_name{};
};

/// Puts the fields that all records have before the type's own, numbers them and makes their initial values.
[[nodiscard]] RecordType complete_type(RecordType type);

/// Fills in what follows from the C++ type of the record.
template <class R>
[[nodiscard]] RecordType record_type(std::string_view name)
{
    static_assert(sizeof(R) <= max_record_bytes);
    static_assert(std::is_trivially_destructible_v<R>);
    RecordType type{.name = name, .bytes = sizeof(R)};
    type.construct = [](void* block) { new (block) R; };
    type.process = [](Record& record, Cycle& cycle) { return static_cast<R&>(record).process(cycle); };
    type.finish = [](Record& record, Cycle& cycle) { static_cast<R&>(record).finish(cycle); };
    type.init = [](Core& core, Record& record) { static_cast<R&>(record).init(core); };
    return type;
}

} // namespace iochron::db
