#include "db/types/all.h"

#include <array>

namespace iochron::db {

// One line per record type, in the order of their names.
RecordType ai_type();
RecordType calc_type();

std::span<const RecordType* const> all_types()
{
    static const std::array types = {
        complete_type(ai_type()),
        complete_type(calc_type()),
    };
    static const auto pointers = [] {
        std::array<const RecordType*, types.size()> all{};
        for (std::size_t i = 0; i < types.size(); ++i) {
            all[i] = &types[i];
        }
        return all;
    }();
    return pointers;
}

} // namespace iochron::db
