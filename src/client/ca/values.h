#pragma once

#include "pv/meta.h"
#include "pv/status.h"
#include "pv/value.h"
#include "wire/ca/dbr.h"

#include <cstdint>
#include <expected>

namespace iochron::client::ca {

/// What CREATE_CHAN tells of a channel.
[[nodiscard]] pv::Meta basic_meta(wire::ca::Dbr native, std::uint32_t most);

/// What a put sends.
struct Written {
    wire::ca::Dbr type{};
    pv::Value value;
};

/// The form in which a value is put to a channel of the given native type, that can hold `most` elements. Text goes as
/// a string, which the server converts to what the field is, but to an array of chars as its letters with a NUL (a long
/// string).
[[nodiscard]] std::expected<Written, pv::Status> form_written(const pv::Value& value, wire::ca::Dbr native,
                                                              std::uint32_t most);

} // namespace iochron::client::ca
