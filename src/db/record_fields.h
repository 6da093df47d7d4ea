#pragma once

#include "db/record.h"

#include <vector>

namespace iochron::db {

struct Field;

/// The fields that all records have, by index: dbCommon in its order.
enum Common : FieldIndex {
    field_name,
    field_desc,
    field_asg,
    field_scan,
    field_pini,
    field_phas,
    field_evnt,
    field_tse,
    field_tsel,
    field_dtyp,
    field_disv,
    field_disa,
    field_sdis,
    field_mlok,
    field_mlis,
    field_bklnk,
    field_disp,
    field_proc,
    field_stat,
    field_sevr,
    field_amsg,
    field_nsta,
    field_nsev,
    field_namsg,
    field_acks,
    field_ackt,
    field_diss,
    field_lcnt,
    field_pact,
    field_putf,
    field_rpro,
    field_asp,
    field_ppn,
    field_ppnr,
    field_spvt,
    field_rset,
    field_dset,
    field_dpvt,
    field_rdes,
    field_lset,
    field_prio,
    field_tpro,
    field_bkpt,
    field_udf,
    field_udfs,
    field_time,
    field_utag,
    field_flnk,
    field_rtyp, ///< the attribute RTYP: the record type's name
    common_fields,
};

/// Their lines of a type's table.
[[nodiscard]] std::vector<Field> common_table();

} // namespace iochron::db
