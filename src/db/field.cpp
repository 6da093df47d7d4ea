#include "db/field.h"

namespace iochron::db {

pv::ScalarType scalar_type(Dbf type)
{
    using pv::ScalarType;
    switch (type) {
    case Dbf::string:
    case Dbf::inlink:
    case Dbf::outlink:
    case Dbf::fwdlink:
        return ScalarType::string;
    case Dbf::int8:
        return ScalarType::int8;
    case Dbf::uint8:
        return ScalarType::uint8;
    case Dbf::int16:
        return ScalarType::int16;
    case Dbf::uint16:
        return ScalarType::uint16;
    case Dbf::int32:
        return ScalarType::int32;
    case Dbf::uint32:
        return ScalarType::uint32;
    case Dbf::int64:
        return ScalarType::int64;
    case Dbf::uint64:
        return ScalarType::uint64;
    case Dbf::float32:
        return ScalarType::float32;
    case Dbf::float64:
        return ScalarType::float64;
    case Dbf::enumeration:
    case Dbf::menu:
    case Dbf::device:
        return ScalarType::enumeration;
    case Dbf::noaccess:
        return ScalarType::none;
    }
    return ScalarType::none;
}

} // namespace iochron::db
