#pragma once

#include "base/reader.h"
#include "pv/status.h"
#include "wire/pva/encoder.h"

#include <cstdint>
#include <string>

namespace iochron::wire::pva {

/// How an operation ended. The body of a success follows it, after a warning too; after an error nothing does.
struct Status {
    enum class Kind : std::uint8_t { ok, warning, error, fatal };

    Kind kind = Kind::ok;
    std::string message;
    std::string trace;

    [[nodiscard]] bool success() const { return kind <= Kind::warning; }
    bool operator==(const Status&) const = default;
};

/// How serious a MESSAGE is, as it says.
enum class MessageKind : std::uint8_t { info, warning, error, fatal };

void write(Encoder& encoder, const Status& status);
/// A fault where the kind is none.
[[nodiscard]] Status read_status(base::Reader& reader);

/// The outcome of a Source's operation in pvAccess' words, and back: an error without text says what the outcome is; a
/// success with a text is a warning.
[[nodiscard]] Status to_status(const pv::Status& status);
[[nodiscard]] pv::Status to_pv_status(const Status& status, pv::Outcome failure);

} // namespace iochron::wire::pva
