#pragma once

#include "pv/structure.h"
#include "pv/value.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::cli {

/// The value that a JSON text has by itself: whole numbers are int64, or uint64 where that alone holds them, an array
/// has the type of its elements, an object is a structure with its members in the order of their names. Throws
/// base::Problem with what is wrong.
[[nodiscard]] pv::Value value_of_json(std::string_view text);

/// Fills a PV's structure, of which nothing is marked, with the values of a pvput, and marks what they name: one value
/// for its `value`, an array as "ignored first second ..." or as JSON, a JSON object, or pairs as "alarm.severity=1".
/// Values are texts for what they go to; `state` is the PV's present state, for the choices of an enumeration. Throws
/// base::Problem with what is wrong; pairs without a field are left out, and their names given.
std::vector<std::string> fill(pv::Structure& put, std::span<const std::string> values, const pv::Structure& state);

/// An argument of a pvcall, "name=value": JSON where the value is an array or object, else a text. Throws
/// base::Problem.
[[nodiscard]] std::pair<std::string, pv::Value> argument_of(std::string_view text);

} // namespace iochron::cli
