#pragma once

#include "pv/status.h"

#include <expected>
#include <string_view>

namespace iochron::client {

/// The name behind "ca://", or the name itself: Channel Access is the default. "pva://" is refused.
[[nodiscard]] inline std::expected<std::string_view, pv::Status> ca_name(std::string_view name)
{
    constexpr std::string_view ca = "ca://";
    constexpr std::string_view pva = "pva://";
    if (name.starts_with(pva)) {
        return std::unexpected(pv::Status{pv::Outcome::unsupported, "pvAccess is not built yet"});
    }
    return name.starts_with(ca) ? name.substr(ca.size()) : name;
}

} // namespace iochron::client
