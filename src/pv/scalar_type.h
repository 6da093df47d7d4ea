#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace iochron::pv {

/// The element types that a PV can carry, CA's and pvAccess' together. `enumeration` is the index of a choice, whose
/// texts are in the Meta; `structure` is a pvAccess structure or union.
enum class ScalarType : std::uint8_t {
    none,
    boolean,
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
    string,
    enumeration,
    structure,
};

/// Bytes of one element of an array of this type; 0 for string and structure, whose elements differ in size.
[[nodiscard]] constexpr std::size_t element_bytes(ScalarType type)
{
    switch (type) {
    case ScalarType::boolean:
    case ScalarType::int8:
    case ScalarType::uint8:
        return 1;
    case ScalarType::int16:
    case ScalarType::uint16:
    case ScalarType::enumeration:
        return 2;
    case ScalarType::int32:
    case ScalarType::uint32:
    case ScalarType::float32:
        return 4;
    case ScalarType::int64:
    case ScalarType::uint64:
    case ScalarType::float64:
        return 8;
    case ScalarType::none:
    case ScalarType::string:
    case ScalarType::structure:
        return 0;
    }
    return 0;
}

[[nodiscard]] constexpr bool is_float(ScalarType type)
{
    return type == ScalarType::float32 || type == ScalarType::float64;
}
[[nodiscard]] constexpr bool is_signed(ScalarType type)
{
    return type == ScalarType::int8 || type == ScalarType::int16 || type == ScalarType::int32 ||
           type == ScalarType::int64;
}
[[nodiscard]] constexpr bool is_number(ScalarType type)
{
    return type >= ScalarType::boolean && type <= ScalarType::float64;
}

/// The element type of a C++ number type.
template <class T>
inline constexpr ScalarType scalar_type_of = ScalarType::none;
template <>
inline constexpr ScalarType scalar_type_of<bool> = ScalarType::boolean;
template <>
inline constexpr ScalarType scalar_type_of<std::int8_t> = ScalarType::int8;
template <>
inline constexpr ScalarType scalar_type_of<std::uint8_t> = ScalarType::uint8;
template <>
inline constexpr ScalarType scalar_type_of<std::int16_t> = ScalarType::int16;
template <>
inline constexpr ScalarType scalar_type_of<std::uint16_t> = ScalarType::uint16;
template <>
inline constexpr ScalarType scalar_type_of<std::int32_t> = ScalarType::int32;
template <>
inline constexpr ScalarType scalar_type_of<std::uint32_t> = ScalarType::uint32;
template <>
inline constexpr ScalarType scalar_type_of<std::int64_t> = ScalarType::int64;
template <>
inline constexpr ScalarType scalar_type_of<std::uint64_t> = ScalarType::uint64;
template <>
inline constexpr ScalarType scalar_type_of<float> = ScalarType::float32;
template <>
inline constexpr ScalarType scalar_type_of<double> = ScalarType::float64;

/// "double", "int32"...: for messages and for `info`.
[[nodiscard]] std::string_view to_string(ScalarType type);

} // namespace iochron::pv
