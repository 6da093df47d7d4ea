#pragma once

#include "db/load/parser.h"

#include <string_view>

namespace iochron::db::load {

/// Reads the substitutions file `name`, found by the search path, as EPICS dbLoadTemplate and msi do: each set of
/// values in `file NAME { ... }`, as patterns or as NAME=value, loads that template once, with the macros of
/// `reading`, those of `global { ... }` so far and those of the set. Macros in a template's name are expanded; those in
/// values when the template uses them.
/// Throws base::Problem; one that a template causes also names the set ("...; with the values at motors.sub:7:5").
/// What EPICS lets pass with a warning is refused: too many values, and a word before a set.
void read_substitutions(std::string_view name, const Reading& reading, Definitions& definitions);

/// As read_substitutions(), from `text`, which messages call `name`.
void read_substitutions_text(std::string_view name, std::string_view text, const Reading& reading,
                             Definitions& definitions);

} // namespace iochron::db::load
