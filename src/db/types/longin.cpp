#include "db/types/integral_input.h"

namespace iochron::db {

RecordType longin_type()
{
    return integral_input<std::int32_t>("longin");
}

} // namespace iochron::db
