#pragma once

#include "cli/pv_options.h"
#include "client/context.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace iochron::cli {

/// A client as the environment wants it.
[[nodiscard]] client::ContextSettings pv_context();
/// The name of a PV without "pva://".
[[nodiscard]] std::string_view without_scheme(std::string_view name);
/// A structure as -M and -v want it, with its last newline.
[[nodiscard]] std::string text_of(const pv::Structure& structure, const PvOptions& options);
/// The longest of the names: what stands behind them is aligned.
[[nodiscard]] std::size_t width_of(const std::vector<std::string>& names);

} // namespace iochron::cli
