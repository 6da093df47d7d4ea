#pragma once

#include "base/fault.h"
#include "base/reader.h"
#include "base/writer.h"
#include "pv/meta.h"
#include "pv/sample.h"
#include "wire/ca/dbr.h"

namespace iochron::wire::ca {

/// Writes what is ahead of the first element: nothing, alarm, alarm and time, or alarm and properties; exactly
/// value_offset(type) bytes. As rsrv does it: units are cut to 7 characters and choices to 16 of 26; an integer's limit
/// is the cast of a double, 0 where there is none; a float's is NaN where there is none. Meta may be null.
void write_block(base::Writer& writer, Dbr type, const pv::Sample& sample);

/// Reads alarm and time into the sample and, from gr_ and ctrl_ types, properties into `meta` where that is not null;
/// whatever the type does not carry is left alone. It ends at the first element; the reader's fault tells of bytes
/// that end earlier.
void read_block(base::Reader& reader, Dbr type, pv::Sample& sample, pv::Meta* meta);

} // namespace iochron::wire::ca
