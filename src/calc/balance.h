#pragma once

#include "calc/compile_error.h"
#include "calc/parser.h"

#include <expected>
#include <span>

namespace iochron::calc {

/// Gives each jump of a parsed expression its target, an index into `steps`, by Base's rule: a condition that fails
/// goes on behind the matching else, the end of the first branch at the matching join.
void resolve_jumps(std::span<Step> steps);

/// Proves that every way through the steps finds the values that it takes, never has more than max_depth of them, and
/// leaves exactly one. The jumps must have been resolved.
[[nodiscard]] std::expected<void, CompileError> check_balance(std::span<const Step> steps);

} // namespace iochron::calc
