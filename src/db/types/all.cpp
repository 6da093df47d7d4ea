#include "db/types/all.h"

#include <array>

namespace iochron::db {

// One line per record type, in the order of their names.
RecordType ai_type();
RecordType ao_type();
RecordType bi_type();
RecordType bo_type();
RecordType calc_type();
RecordType int64in_type();
RecordType int64out_type();
RecordType longin_type();
RecordType longout_type();
RecordType mbbi_type();
RecordType mbbo_type();
RecordType stringin_type();
RecordType stringout_type();
RecordType waveform_type();

std::span<const RecordType* const> all_types()
{
    static const std::array types = {
        complete_type(ai_type()),        complete_type(ao_type()),       complete_type(bi_type()),
        complete_type(bo_type()),        complete_type(calc_type()),     complete_type(int64in_type()),
        complete_type(int64out_type()),  complete_type(longin_type()),   complete_type(longout_type()),
        complete_type(mbbi_type()),      complete_type(mbbo_type()),     complete_type(stringin_type()),
        complete_type(stringout_type()), complete_type(waveform_type()),
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
