#include "wire/ca/beacon.h"

namespace iochron::wire::ca {

Header to_header(const Beacon& beacon)
{
    return {
        .command = Command::beacon, .type = beacon.minor, .count = beacon.port, .p1 = beacon.id, .p2 = beacon.address};
}

Beacon decode_beacon(const Header& header)
{
    return {
        .minor = header.type, .port = static_cast<std::uint16_t>(header.count), .id = header.p1, .address = header.p2};
}

} // namespace iochron::wire::ca
