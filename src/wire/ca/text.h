#pragma once

#include "pv/sample.h"
#include "pv/status.h"
#include "wire/ca/dbr.h"

#include <cstdint>
#include <expected>

namespace iochron::wire::ca {

/// Whether text_by_rules() is to be asked before the sample is encoded.
[[nodiscard]] inline bool has_text_rules(Dbr type, const pv::Sample& sample)
{
    return sample.meta != nullptr && sample.meta->text != pv::TextKind::plain && type != Dbr::class_name;
}

/// The sample of a long string, a link or RTYP with the value that EPICS base gives for a request of `asked` elements,
/// 0 for as many as there are (dbGet, getLinkValue and getAttrValue in dbAccess.c):
/// - as DBR_CHAR the text is cut to what was asked for, its NUL included; a link without '$' has one element, the NUL;
/// - a long string as any other type, and without a count as DBR_STS_, GR_ and CTRL_CHAR, is all characters of its
///   field, those behind the text zeros;
/// - a link or RTYP has one DBR_STRING, a link one DBR_DOUBLE, NaN; any other type is refused (get_failed).
[[nodiscard]] std::expected<pv::Sample, pv::Status> text_by_rules(Dbr type, std::uint32_t asked,
                                                                  const pv::Sample& sample);

} // namespace iochron::wire::ca
