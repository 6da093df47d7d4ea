#pragma once

#include "db/menu.h"
#include "db/record.h"
#include "pv/scalar_type.h"
#include "pv/status.h"
#include "pv/value.h"

#include <string_view>

namespace iochron::db {

struct Core;

/// The types of fields as EPICS names them (DBF_...).
enum class Dbf : std::uint8_t {
    string,
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
    enumeration,
    menu,
    device,
    inlink,
    outlink,
    fwdlink,
    noaccess,
};

[[nodiscard]] constexpr bool is_link(Dbf type)
{
    return type == Dbf::inlink || type == Dbf::outlink || type == Dbf::fwdlink;
}
[[nodiscard]] constexpr bool is_choice(Dbf type)
{
    return type == Dbf::enumeration || type == Dbf::menu || type == Dbf::device;
}
/// What a field of that type is to a client: an element type, `none` for noaccess.
[[nodiscard]] pv::ScalarType scalar_type(Dbf type);

/// What is peculiar to a field; to be or-ed.
enum Mark : std::uint16_t {
    plain = 0,
    pp = 1,         ///< a put processes a Passive record
    prop = 2,       ///< a put posts DBE_PROPERTY on every field of the record
    nomod = 4,      ///< no put (SPC_NOMOD)
    asl0 = 8,       ///< access security level 0 instead of 1
    attribute = 16, ///< belongs to the type, not to the record (RTYP)
    hidden = 32,    ///< runs by itself: not among the fields that a written .db file sets
};
[[nodiscard]] constexpr Mark operator|(Mark a, Mark b)
{
    return static_cast<Mark>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// Work that a put has to do besides storing (SPC_...). `type`: the record type's own function does it.
enum class Special : std::uint8_t { none, scan, disable, stamp, type };

/// One line of a record type's table: all that is to be known about a field. How and where the value is stored is only
/// known to the accessors, which the functions of db/accessor.h make.
struct Field {
    using Get = pv::Value (*)(const Core&, const Record&, const Field&);
    /// `value` has the field's own type (see scalar_type).
    using Set = pv::Status (*)(Core&, Record&, const Field&, const pv::Value& value);
    using Number = double (*)(const Record&);
    using GetLink = LinkId (*)(const Core&, const Record&, const Field&);
    using SetLink = void (*)(Core&, Record&, const Field&, LinkId);

    std::string_view name{};
    std::string_view prompt{};
    Dbf type = Dbf::noaccess;
    std::uint16_t size = 0; ///< of a string: bytes with the terminating NUL
    Mark marks = plain;
    Special special = Special::none;
    const Menu* menu = nullptr;
    std::string_view initial{}; ///< as in a .db file; empty: 0, no text or no link
    Get get = nullptr;
    Set set = nullptr;
    Number number = nullptr; ///< hot: where the field is a number in the hot block
    GetLink get_link = nullptr;
    SetLink set_link = nullptr;
    std::uint8_t argument = 0; ///< for accessors of several fields: which of them (0 is A)
    FieldIndex index = no_field;
    pv::Value initial_value{}; ///< made from `initial` when the type is built

    [[nodiscard]] bool has(Mark mark) const { return (marks & mark) != 0; }

    // To be chained behind the functions of db/accessor.h.
    [[nodiscard]] Field with(Special s) &&
    {
        special = s;
        return std::move(*this);
    }
    [[nodiscard]] Field starts_as(std::string_view text) &&
    {
        initial = text;
        return std::move(*this);
    }
};

} // namespace iochron::db
