#pragma once

#include "pv/scalar_type.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace iochron::wire::ca {

/// The form of a value on the wire: a native type, alone or behind a block of alarm (sts_), alarm and time (time_),
/// or alarm, units and limits (gr_, and ctrl_ with the control limits).
enum class Dbr : std::uint16_t {
    string,
    short_,
    float_,
    enum_,
    char_,
    long_,
    double_,
    sts_string,
    sts_short,
    sts_float,
    sts_enum,
    sts_char,
    sts_long,
    sts_double,
    time_string,
    time_short,
    time_float,
    time_enum,
    time_char,
    time_long,
    time_double,
    gr_string,
    gr_short,
    gr_float,
    gr_enum,
    gr_char,
    gr_long,
    gr_double,
    ctrl_string,
    ctrl_short,
    ctrl_float,
    ctrl_enum,
    ctrl_char,
    ctrl_long,
    ctrl_double,
    put_ackt,      ///< written only: sets ACKT
    put_acks,      ///< written only: acknowledges alarms up to a severity
    stsack_string, ///< read only: alarm with its acknowledgement, and the value as text
    class_name,    ///< read only: the record type
};

enum class Family : std::uint8_t { plain, sts, time, gr, ctrl, special };

inline constexpr std::uint16_t dbr_count = 39;
inline constexpr std::size_t string_bytes = 40;    ///< of a string element, with its NUL
inline constexpr std::size_t units_bytes = 8;      ///< with a NUL
inline constexpr std::size_t choice_bytes = 26;    ///< of an enumeration's text, a NUL only where there is room
inline constexpr std::size_t choices_max = 16;     ///< of an enumeration that the wire can carry
inline constexpr std::uint16_t minor_dynamic = 13; ///< count 0 means "what there is", since this minor version

/// Any number can be received; only these may be given to the functions below.
[[nodiscard]] constexpr bool is_valid(Dbr type)
{
    return static_cast<std::uint16_t>(type) < dbr_count;
}

[[nodiscard]] constexpr Family family(Dbr type)
{
    const auto number = static_cast<std::uint16_t>(type);
    return number < 35 ? static_cast<Family>(number / 7) : Family::special;
}

/// The type of the elements: 0..6. put_ackt and put_acks are enum_, the other two of the last four are strings.
[[nodiscard]] constexpr Dbr native(Dbr type)
{
    if (family(type) != Family::special) {
        return static_cast<Dbr>(static_cast<std::uint16_t>(type) % 7);
    }
    return type == Dbr::put_ackt || type == Dbr::put_acks ? Dbr::enum_ : Dbr::string;
}

/// The type of a family with the given elements. Not for Family::special.
[[nodiscard]] constexpr Dbr dbr_of(Family of, Dbr native_type)
{
    return static_cast<Dbr>(static_cast<std::uint16_t>(of) * 7 + static_cast<std::uint16_t>(native_type));
}

/// Where the first element lies in the payload. Not always aligned: a time_char's is at 15.
[[nodiscard]] constexpr std::size_t value_offset(Dbr type)
{
    constexpr std::array<std::uint16_t, dbr_count> offsets = {0,  0,  0,  0,   0,  0,  0,  // plain
                                                              4,  4,  4,  4,   5,  4,  8,  // sts
                                                              12, 14, 12, 14,  15, 12, 16, // time
                                                              4,  24, 40, 422, 19, 36, 64, // gr
                                                              4,  28, 48, 422, 21, 44, 80, // ctrl
                                                              0,  0,  8,  0};
    return offsets[static_cast<std::uint16_t>(type)];
}

[[nodiscard]] constexpr std::size_t element_bytes(Dbr type)
{
    constexpr std::array<std::uint8_t, 7> bytes = {string_bytes, 2, 4, 2, 1, 4, 8};
    return bytes[static_cast<std::uint16_t>(native(type))];
}

/// Bytes of a value without padding, in 64 bits so that no count can wrap it; with no elements the value's offset.
[[nodiscard]] constexpr std::uint64_t dbr_bytes(Dbr type, std::uint32_t count)
{
    return value_offset(type) + std::uint64_t{count} * element_bytes(type);
}

/// The type that CREATE_CHAN announces for a field of the given element type; none where CA cannot carry it. As
/// dbChannel does: uint16 widens to long, uint32 and the 64-bit integers become double. A boolean is a char.
[[nodiscard]] std::optional<Dbr> dbr_of(pv::ScalarType type);
/// The element type that holds what a Dbr brings: long is int32, char is uint8, enum is enumeration.
[[nodiscard]] constexpr pv::ScalarType scalar_type(Dbr type)
{
    using enum pv::ScalarType;
    constexpr std::array types = {string, int16, float32, enumeration, uint8, int32, float64};
    return types[static_cast<std::uint16_t>(native(type))];
}

/// "DBR_TIME_DOUBLE"; empty for a number that is none.
[[nodiscard]] std::string_view to_string(Dbr type);
/// From "DBR_TIME_DOUBLE" or "TIME_DOUBLE", in any case; also INT for SHORT.
[[nodiscard]] std::optional<Dbr> dbr_from_name(std::string_view name);

} // namespace iochron::wire::ca
