#include "pv/scalar_type.h"

#include <array>

namespace iochron::pv {

std::string_view to_string(ScalarType type)
{
    static constexpr std::array<std::string_view, 15> names = {
        "none", "boolean", "byte",  "ubyte",  "short",  "ushort", "int",       "uint",
        "long", "ulong",   "float", "double", "string", "enum",   "structure",
    };
    return names[static_cast<std::size_t>(type)];
}

} // namespace iochron::pv
