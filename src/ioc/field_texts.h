#pragma once

#include "ioc/record.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron::ioc {

/// A record's fields as a .db file would give them, in EPICS' spelling.
using FieldTexts = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] FieldTexts field_texts(const AiFields& fields);
[[nodiscard]] FieldTexts field_texts(const LonginFields& fields);
[[nodiscard]] FieldTexts field_texts(const AoFields& fields);
[[nodiscard]] FieldTexts field_texts(const LongoutFields& fields);
[[nodiscard]] FieldTexts field_texts(const BiFields& fields);
[[nodiscard]] FieldTexts field_texts(const BoFields& fields);
[[nodiscard]] FieldTexts field_texts(const StringinFields& fields);
[[nodiscard]] FieldTexts field_texts(const WaveformFields& fields);
[[nodiscard]] FieldTexts field_texts(const CalcFields& fields);

} // namespace iochron::ioc
