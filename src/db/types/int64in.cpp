#include "db/types/integral_input.h"

namespace iochron::db {

RecordType int64in_type()
{
    return integral_input<std::int64_t>("int64in");
}

} // namespace iochron::db
