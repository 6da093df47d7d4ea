#include "db/types/integral_output.h"

namespace iochron::db {

RecordType int64out_type()
{
    return integral_output<IntegralOutput<std::int64_t>>("int64out");
}

} // namespace iochron::db
