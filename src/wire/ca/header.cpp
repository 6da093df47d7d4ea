#include "wire/ca/header.h"

namespace iochron::wire::ca {

Header decode_header(base::Reader& reader, bool may_extend)
{
    Header header;
    header.command = Command{reader.u16()};
    header.size = reader.u16();
    header.type = reader.u16();
    header.count = reader.u16();
    header.p1 = reader.u32();
    header.p2 = reader.u32();
    if (may_extend && header.size == extended_mark) {
        header.size = reader.u32();
        header.count = reader.u32();
        header.extended = true;
    }
    return header;
}

} // namespace iochron::wire::ca
