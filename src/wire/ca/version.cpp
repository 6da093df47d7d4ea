#include "wire/ca/version.h"

namespace iochron::wire::ca {

Header to_header(const Version& version)
{
    return {.command = Command::version, .type = version.priority, .count = version.minor, .p1 = version.sequence};
}

Version decode_version(const Header& header)
{
    return {.priority = header.type, .minor = static_cast<std::uint16_t>(header.count), .sequence = header.p1};
}

} // namespace iochron::wire::ca
